/** The standing connection of an agent: who it is, how it is, what it is told to do. */
import { type Static, Type } from "@sinclair/typebox";
import { Bytes32, Bytes64, LaneName } from "../hello.ts";
import { ID_PATTERN } from "../ids.ts";
import { message } from "./message.ts";
import { joined } from "../shapes.ts";

const Text = (maxLength: number) => Type.String({ maxLength });
const Id = Type.String({ pattern: ID_PATTERN });
const Count = Type.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const Platform = Type.Union([Type.Literal("linux"), Type.Literal("windows"), Type.Literal("macos")]);
export type Platform = Static<typeof Platform>;

/** What does not change from minute to minute. */
export const SystemFacts = Type.Object({
  hostName: Text(255),
  platform: Platform,
  architecture: Text(32),
  /** As a person would say it: "Debian GNU/Linux 12 (bookworm)". */
  operatingSystem: Text(200),
  agentVersion: Text(40),
  privateAddresses: Type.Array(Text(64), { maxItems: 32 }),
  bootedAt: Text(40),
});
export type SystemFacts = Static<typeof SystemFacts>;

/** What changes: sent with each statistics interval and at once when presence changes. */
export const SystemStatistics = Type.Object({
  /** 0 to 100, over all processors. */
  cpuPercent: Type.Number({ minimum: 0, maximum: 100 }),
  memoryTotalBytes: Count,
  memoryUsedBytes: Count,
  disks: Type.Array(Type.Object({ name: Text(255), totalBytes: Count, usedBytes: Count }), { maxItems: 32 }),
  /** Names of the users signed in at a console or desktop; empty: nobody. */
  signedInUsers: Type.Array(Text(255), { maxItems: 32 }),
  /** null: there is no desktop session, so nothing to lock. */
  isScreenLocked: Type.Union([Type.Boolean(), Type.Null()]),
  /** The screen saver runs, or the display saves power; null: not known. Absent: an agent that does not look. */
  isScreenSaverOn: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  hasDisplay: Type.Boolean(),
});
export type SystemStatistics = Static<typeof SystemStatistics>;

/** What is measured while System Info takes a snapshot. */
export const SystemFigures = joined(
  Type.Pick(SystemStatistics, ["cpuPercent", "memoryTotalBytes", "memoryUsedBytes", "disks"]),
  /** Received and sent by the network cards. */
  Type.Object({ networkBitsPerSecond: Count }),
);
export type SystemFigures = Static<typeof SystemFigures>;

/** One line a person reads. */
export const JumpClientName = Type.String({ minLength: 1, maxLength: 128, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });

const Hello = {
  protocol: Type.Integer({ minimum: 1 }),
  capabilities: Type.Array(Text(64), { maxItems: 64 }),
  publicKey: Bytes32,
  signature: Bytes64,
  facts: SystemFacts,
  statistics: SystemStatistics,
};

export const agentMessages = {
  "agent.challenge": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({ protocol: Type.Integer(), siteId: Text(64), nonce: Bytes32 }),
  }),
  "agent.enrol": message({
    from: ["agent"],
    access: "anyone",
    schema: Type.Object({
      ...Hello,
      token: Bytes32,
      /** What the Jump Client is to be called, where whoever installed it said so. */
      name: Type.Optional(JumpClientName),
    }),
  }),
  "agent.hello": message({
    from: ["agent"],
    access: "anyone",
    schema: Type.Object({
      ...Hello,
      jumpClient: Id,
      /** Support sessions the agent still holds open from before the connection was lost. */
      sessions: Type.Array(Id, { maxItems: 64 }),
      trustBundleVersion: Type.Integer({ minimum: 0 }),
    }),
  }),
  "agent.welcome": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({
      jumpClient: Id,
      name: Text(128),
      heartbeatIntervalMs: Type.Integer({ minimum: 1000 }),
      statisticsIntervalMs: Type.Integer({ minimum: 1000 }),
      trustBundle: Type.Optional(Text(300_000)),
    }),
  }),
  /** The connection closes after this. `isFinal`: trying again is of no use. */
  "agent.refused": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({ code: Text(64), message: Text(500), isFinal: Type.Boolean() }),
  }),
  "agent.heartbeat": message({ from: ["agent"], access: "anyone", schema: Type.Object({ sequence: Count }) }),
  "agent.heartbeat-received": message({ from: ["server"], access: "anyone", schema: Type.Object({ sequence: Count }) }),
  "agent.facts": message({ from: ["agent"], access: "anyone", schema: Type.Object({ facts: SystemFacts }) }),
  "agent.statistics": message({
    from: ["agent"],
    access: "anyone",
    schema: Type.Object({ statistics: SystemStatistics }),
  }),
  "trust.changed": message({ from: ["server"], access: "anyone", schema: Type.Object({ trustBundle: Text(300_000) }) }),
  "agent.uninstall": message({ from: ["server"], access: "anyone", schema: Type.Object({ reason: Text(300) }) }),
  "agent.uninstalled": message({ from: ["agent"], access: "anyone", schema: Type.Object({}) }),
  /** Dial the lanes of a support session. */
  "session.begin": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({
      session: Id,
      interactiveTicket: Text(2000),
      bulkTicket: Text(2000),
      /** Only these: another one still stands and goes on. Absent: both. */
      lanes: Type.Optional(Type.Array(LaneName, { maxItems: 2 })),
    }),
  }),
  "session.finish": message({ from: ["server"], access: "anyone", schema: Type.Object({ session: Id }) }),
  /** First message of a lane; the ticket says which session and lane. */
  "session.attach": message({
    from: ["agent"],
    access: "anyone",
    schema: Type.Object({ protocol: Type.Integer({ minimum: 1 }), ticket: Text(2000) }),
  }),
  "session.attached": message({ from: ["server"], access: "anyone", schema: Type.Object({ session: Id }) }),
};
