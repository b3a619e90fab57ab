import type { JumpClientId } from "../../protocol/ids.ts";
import type { Presence } from "../../protocol/session-policy.ts";
import type { JumpItemPlace } from "./live-session.ts";

/** A Jump Client as a session about it needs it. */
export interface SessionTarget {
  readonly jumpClient: JumpClientId;
  readonly place: JumpItemPlace;
  /** Whether somebody is at the computer now. */
  readonly presence: Presence;
  readonly name: string;
  readonly hostName: string;
  readonly operatingSystem: string;
  readonly capabilities: readonly string[];
}
