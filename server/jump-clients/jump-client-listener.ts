import type { JumpClientId } from "../../protocol/ids.ts";
import type { JumpItemPlace } from "../support-sessions/live-session.ts";

/** What must happen beside the database when a Jump Client changes; the gateway provides it. */
export interface JumpClientListener {
  /** Rows changed; consoles are told soon. `left`: the Jump Group they stood in until now, if they do no more. */
  changed(jumpClients: readonly JumpClientId[], left?: string): void;
  /** It stands elsewhere or has other policies now; what is not named stays. */
  moved(jumpClient: JumpClientId, place: Partial<JumpItemPlace>): void;
  /** It is to leave: its session ends, and it is told to uninstall itself if it is connected. */
  leaving(jumpClient: JumpClientId): void;
}
