import { expect, test } from "bun:test";
import type { SessionView } from "../../protocol/messages/session.ts";
import { LiveSessions } from "./live-sessions.ts";

const view: SessionView = {
  ...{ session: "s", state: "active", jumpItem: "j", name: "Front desk", hostName: "desk", operatingSystem: "Debian" },
  ...{ permissions: ["shell.use"], capabilities: ["shell.pty", "files"], participants: [], events: [] },
  startedAt: "2026-11-21T12:00:00Z",
} as unknown as SessionView;
const lost: SessionView = { ...view, state: "agent-lost", capabilities: [] };

test("B2 what the agent can do stays known while a server that was just started waits for it, so that its tools stay", () => {
  const sessions = new LiveSessions();
  sessions.put(view);
  sessions.replaceAll([lost]);
  expect(sessions.get("s")?.view).toMatchObject({ state: "agent-lost", capabilities: ["shell.pty", "files"] });
  sessions.put(lost);
  expect(sessions.get("s")?.view.capabilities).toEqual(["shell.pty", "files"]);
  // The agent that is back may be another one.
  sessions.put({ ...view, capabilities: ["files"] });
  expect(sessions.get("s")?.view.capabilities).toEqual(["files"]);
  sessions.put({ ...view, capabilities: [] });
  expect(sessions.get("s")?.view.capabilities).toEqual([]);
});
