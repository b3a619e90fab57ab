import { expect, test } from "bun:test";
import type { SessionView } from "../../../protocol/messages/session.ts";
import type { LiveSession } from "../../connection/live-sessions.ts";
import { newcomers } from "./newcomers.ts";
import { orderedParticipants, roleOf } from "./session-words.ts";
import { toolsFor } from "./tools.ts";

const me = "MMMMMMMMMMMMMMMMMMMMMM";
const other = "OOOOOOOOOOOOOOOOOOOOOO";

function person(representative: string, displayName: string, joinedAt: string) {
  return { representative, displayName, joinedAt, isOwner: false, isConnected: true, isControlling: false };
}

function view(change: Partial<SessionView> = {}): SessionView {
  return {
    session: "SSSSSSSSSSSSSSSSSSSSSS",
    state: "active",
    jumpItem: "JJJJJJJJJJJJJJJJJJJJJJ",
    name: "Front desk",
    hostName: "nmc-lib-0214",
    operatingSystem: "Debian GNU/Linux 12",
    startedAt: "2026-11-21T10:00:00Z",
    endedAt: null,
    owner: me,
    participants: [person(me, "Ines Duarte", "2026-11-21T10:00:00Z")],
    permissions: ["screen.view", "shell.use", "files.browse", "sysinfo.view"],
    capabilities: ["screen.x11", "shell.pty", "files", "sysinfo"],
    events: [],
    ...change,
  };
}

const names = (session: SessionView) => toolsFor(session).map(({ name }) => name);

test("a tool stands there if one may use it and the agent can do it", () => {
  expect(names(view())).toEqual(["screen", "shell", "files", "sysinfo"]);
  expect(names(view({ permissions: ["files.browse"] }))).toEqual(["files"]);
  expect(names(view({ capabilities: ["shell.pty", "sysinfo", "teleport"] }))).toEqual(["shell", "sysinfo"]);
  expect(names(view({ state: "connecting", capabilities: [] }))).toEqual(["screen", "shell", "files", "sysinfo"]);
  expect(names(view({ permissions: [] }))).toEqual([]);
});

test("who joined is told once, of sessions one was in before, and never of oneself", () => {
  const live = (...views: SessionView[]) =>
    new Map(views.map((one): [string, LiveSession] => [one.session, { view: one, endMessage: null }]));
  const alone = live(view());
  const both = live(view({ participants: [person(me, "Ines", "1"), person(other, "Tomasz Wilk", "2")] }));
  expect(newcomers(alone, both, me)).toEqual([
    { session: "SSSSSSSSSSSSSSSSSSSSSS", hostName: "nmc-lib-0214", name: "Tomasz Wilk" },
  ]);
  expect(newcomers(both, both, me)).toEqual([]);
  expect(newcomers(live(), both, me)).toEqual([]);
  expect(newcomers(alone, both, other)).toEqual([]);
});

test("what somebody does in the session is said in words", () => {
  const base = person(other, "Tomasz Wilk", "2");
  expect(roleOf(base)).toBe("viewing");
  expect(roleOf({ ...base, isOwner: true, isControlling: true })).toBe("owner, in control");
  expect(roleOf({ ...base, isControlling: true, isConnected: false })).toBe("connection lost");
});

test("oneself stands first, then who joined first", () => {
  const people = [
    person(other, "Tomasz", "3"),
    person("PPPPPPPPPPPPPPPPPPPPPP", "Aoife", "2"),
    person(me, "Ines", "4"),
  ];
  const ordered = orderedParticipants(view({ participants: people }), me);
  expect(ordered.map(({ displayName }) => displayName)).toEqual(["Ines", "Aoife", "Tomasz"]);
});
