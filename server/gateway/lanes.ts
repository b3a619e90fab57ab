import type { Lane } from "../../protocol/hello.ts";
import type { SupportSessionId } from "../../protocol/ids.ts";
import type { LaneEnd } from "./lane-end.ts";

/** The lanes that stand, by session. */
export class Lanes {
  readonly #lanes = new Map<SupportSessionId, Map<Lane, LaneEnd>>();

  get(session: SupportSessionId, lane: Lane): LaneEnd | undefined {
    return this.#lanes.get(session)?.get(lane);
  }

  of(session: SupportSessionId): LaneEnd[] {
    return [...(this.#lanes.get(session)?.values() ?? [])];
  }

  /** Registers; returns the lane that was there before, for the caller to close. */
  add(session: SupportSessionId, lane: Lane, socket: LaneEnd): LaneEnd | undefined {
    const lanes = this.#lanes.get(session) ?? new Map<Lane, LaneEnd>();
    this.#lanes.set(session, lanes);
    const before = lanes.get(lane);
    lanes.set(lane, socket);
    return before;
  }

  /** Forgets the lane; `false` when another one has already taken its place. */
  delete(session: SupportSessionId, lane: Lane, socket: LaneEnd): boolean {
    const lanes = this.#lanes.get(session);
    if (lanes?.get(lane) !== socket) return false;
    lanes.delete(lane);
    if (lanes.size === 0) this.#lanes.delete(session);
    return true;
  }
}
