/** One viewer of the screen as the capture worker sees it: what it looks at, and how much is on its way to it. */
import { type CursorImage, MAX_UNACKNOWLEDGED_UPDATES } from "../../protocol/screen.ts";
import type { MonitorChoice } from "./capture-messages.ts";

/** Small packets (pointer, cursor) wait for the next chance while so many packets are on their way. */
const MAX_UNACKNOWLEDGED_PACKETS = 16;

export interface PointerPlace {
  readonly x: number;
  readonly y: number;
}

export class Viewer {
  monitor: MonitorChoice;
  /** True until the layout it looks at has been sent. */
  needsLayout = true;
  /** The cursor sent last; null before the first. */
  cursor: CursorImage | null = null;
  /** Where it was last told the pointer is; null before the first time. */
  pointer: PointerPlace | null = null;
  /** The packets on their way, oldest first: does one end an update? */
  readonly #onTheWay: boolean[] = [];
  #updatesOnTheWay = 0;

  constructor(
    readonly id: number,
    monitor: MonitorChoice,
  ) {
    this.monitor = monitor;
  }

  /** Another update may leave. */
  get isReady(): boolean {
    return this.#updatesOnTheWay < MAX_UNACKNOWLEDGED_UPDATES;
  }

  /** Another small packet may leave. */
  get isCaughtUp(): boolean {
    return this.#onTheWay.length < MAX_UNACKNOWLEDGED_PACKETS;
  }

  /** A packet has left. */
  sent(endsUpdate: boolean): void {
    this.#onTheWay.push(endsUpdate);
    if (endsUpdate) this.#updatesOnTheWay++;
  }

  acknowledged(packets: number): void {
    for (const endsUpdate of this.#onTheWay.splice(0, packets)) if (endsUpdate) this.#updatesOnTheWay--;
  }
}
