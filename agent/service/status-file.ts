/** How the running agent is doing, told to `causeway-agent status` through a file in the state directory. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { writeWhole } from "../trust/write-whole.ts";

export const AgentStatus = Type.Object({
  pid: Type.Integer({ minimum: 1 }),
  version: Type.String(),
  connection: Type.Union([Type.Literal("connecting"), Type.Literal("connected"), Type.Literal("waiting")]),
  /** When it became so, UTC. */
  since: Type.String(),
  /** The name the site knows this computer by; empty until it is connected for the first time. */
  name: Type.String(),
  /** Why it is waiting; else empty. */
  reason: Type.String(),
});
export type AgentStatus = Static<typeof AgentStatus>;

const statusPath = (state: string) => join(state, "status.json");

export function writeStatus(state: string, status: AgentStatus): void {
  writeWhole(statusPath(state), `${JSON.stringify(status)}\n`);
}

/** What the agent last told of itself; null when it told nothing, or has ended since. */
export function readStatus(state: string): AgentStatus | null {
  if (!existsSync(statusPath(state))) return null;
  const value: unknown = JSON.parse(readFileSync(statusPath(state), "utf8"));
  return Value.Check(AgentStatus, value) && existsSync(`/proc/${value.pid}`) ? value : null;
}
