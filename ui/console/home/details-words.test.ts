import { expect, test } from "bun:test";
import type { JumpItemDetail } from "../../../protocol/api/console.ts";
import { factsOf, sessionBanner } from "./details-words.ts";

const now = Date.parse("2026-11-21T14:00:00Z");
const item: JumpItemDetail = {
  id: "AAAAAAAAAAAAAAAAAAAAAA",
  name: "Front desk",
  hostName: "nmc-lib-0214",
  status: "online",
  jumpGroup: "GGGGGGGGGGGGGGGGGGGGGG",
  jumpGroupName: "Branch libraries",
  tag: "front-desk",
  comments: "",
  operatingSystem: "Debian GNU/Linux 12 (bookworm)",
  platform: "linux",
  architecture: "x64",
  agentVersion: "0.1.0",
  publicAddress: "203.0.113.9",
  privateAddresses: ["10.42.18.201", "fd00::1"],
  signedInUsers: ["mholt"],
  isScreenLocked: false,
  hasDisplay: true,
  cpuPercent: 3,
  cpuHours: null,
  memoryTotalBytes: null,
  memoryUsedBytes: null,
  disks: [],
  bootedAt: null,
  statusSince: "2026-11-21T10:00:00Z",
  lastAccessedAt: null,
  createdAt: "2026-11-01T10:00:00Z",
  isLeaving: false,
  session: null,
  recentSessions: [],
  permissions: [],
  properties: {
    ...{ jumpPolicy: null, presentPolicy: null, absentPolicy: null, publicPortal: null },
    ...{ presence: "present", hasEndUserProof: false },
  },
};

test("what is known has a line, what is not has none", () => {
  const facts = Object.fromEntries(factsOf(item, now).map(({ key, value }) => [key, value]));
  expect(facts).toMatchObject({
    Address: "10.42.18.201, fd00::1",
    "Signed in": "mholt, screen unlocked",
    Group: "Branch libraries, # front-desk",
    "Last access": "never",
  });
  expect(facts).not.toHaveProperty("Comment");
  const quiet = factsOf({ ...item, signedInUsers: [], hasDisplay: false, isScreenLocked: null }, now);
  expect(quiet.find(({ key }) => key === "Signed in")?.value).toBe("nobody, no display");
});

test("a running session says who is in it and that Jump joins it", () => {
  const session = { id: item.id, startedAt: "2026-11-21T13:29:00Z", owner: "Maren Holt", includesMe: false };
  const banner = (participants: string[]) => sessionBanner({ ...item, session: { ...session, participants } }, now);
  expect(sessionBanner(item, now)).toBeNull();
  expect(banner(["Maren Holt"])).toEqual({
    title: "Maren Holt is in a session here.",
    text: "31 min. Jump joins it, and its owner Maren Holt is told.",
  });
  expect(banner(["Maren Holt", "Ines Duarte", "Tomasz Wilk"])?.title).toBe(
    "Maren Holt, Ines Duarte and Tomasz Wilk are in a session here.",
  );
  expect(banner([])?.title).toBe("A session runs here.");
  const mine = { ...session, participants: ["Maren Holt"], includesMe: true };
  expect(sessionBanner({ ...item, session: mine }, now)?.title).toBe("You are in a session here.");
});
