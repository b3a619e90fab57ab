/**
 * Watches one display for its viewers. Each turn: wait for news, fetch what was drawn, encode it for every viewer that is
 * ready for more. Nothing drawn, nothing sent; a viewer that is not ready gets the newest picture once it is.
 */
import {
  type CursorImage,
  encodeBlocked,
  encodeCursor,
  encodeLayout,
  encodePointer,
  type Rectangle,
} from "../../protocol/screen.ts";
import type { CLibrary } from "../x11/c-library.ts";
import type { MonitorChoice } from "./capture-messages.ts";
import type { ScreenEncoder } from "./screen-encoder.ts";
import type { ScreenSource } from "./screen-source.ts";
import type { PointerPlace, Viewer } from "./viewer.ts";
import { type ViewerGroup, ViewerGroups } from "./viewer-groups.ts";

/** At most 60 pictures a second. */
const FRAME_MS = 1000 / 60;
const POINTER_MS = 1000 / 30;
/** How long a turn sleeps when nothing is due. Then it looks after the pointer, for programs move it without an event. */
const IDLE_MS = 500;

/** Hands packets to viewers; the packets are theirs from then on. */
export type SendPackets = (viewers: readonly Viewer[], packets: readonly Uint8Array<ArrayBuffer>[]) => void;

export class CaptureLoop implements Disposable {
  readonly #source: ScreenSource;
  readonly #encoder: ScreenEncoder;
  readonly #groups: ViewerGroups;
  readonly #viewers: ReadonlyMap<number, Viewer>;
  readonly #send: SendPackets;
  readonly #nowMs: () => number;
  #hasDamage = false;
  #needsWholeGrab = true;
  #hasNewLayout = false;
  #hasNewCursor = true;
  #hasPointerMoved = true;
  #lastGrabMs = -Infinity;
  #lastPointerMs = -Infinity;
  #pointer: PointerPlace | null = null;
  #cursor: CursorImage | null = null;
  /** Counts grabs; a group's reference is the picture of one. */
  #version = 0;
  #sequence = 0;
  #isLost = false;

  constructor(
    source: ScreenSource,
    encoder: ScreenEncoder,
    c: CLibrary,
    viewers: ReadonlyMap<number, Viewer>,
    send: SendPackets,
    nowMs: () => number,
  ) {
    this.#source = source;
    this.#encoder = encoder;
    this.#groups = new ViewerGroups(c);
    this.#viewers = viewers;
    this.#send = send;
    this.#nowMs = nowMs;
    for (const viewer of viewers.values()) this.startOver(viewer);
  }

  /** The viewer has no picture, or looks elsewhere now: it gets its layout and a keyframe. */
  startOver(viewer: Viewer): void {
    viewer.needsLayout = true;
    viewer.cursor = null;
    viewer.pointer = null;
    this.#groups.startOver(viewer, this.#seenBy(viewer.monitor));
  }

  remove(viewer: Viewer): void {
    this.#groups.remove(viewer);
  }

  /** Sleeps until something is due or happens. */
  wait(): void {
    this.#source.wait(Math.ceil(this.#timeUntilDueMs()));
  }

  /** Does what is due. @returns false once the display has gone. */
  turn(): boolean {
    this.#takeEvents();
    if (this.#isLost) return false;
    if (this.#hasNewLayout) this.#relayout();
    this.#sendLayouts();
    this.#sendCursor();
    this.#sendPointer();
    if (this.#isPictureDue()) this.#sendPictures();
    return true;
  }

  #takeEvents(): void {
    const events = this.#source.takeEvents();
    this.#hasDamage ||= events.hasDamage;
    this.#hasNewLayout ||= events.hasNewLayout;
    this.#hasNewCursor ||= events.hasNewCursor;
    this.#hasPointerMoved ||= events.hasPointerMoved;
    this.#isLost = events.isLost;
  }

  #timeUntilDueMs(): number {
    const now = this.#nowMs();
    const isWanted = this.#hasDamage || this.#needsWholeGrab ? this.#groups.hasReadyViewer : this.#groups.hasWork;
    const picture = isWanted ? this.#lastGrabMs + FRAME_MS - now : IDLE_MS;
    const pointer = this.#hasPointerMoved ? this.#lastPointerMs + POINTER_MS - now : IDLE_MS;
    return Math.max(0, Math.min(picture, pointer, IDLE_MS));
  }

  #isPictureDue(): boolean {
    if (this.#nowMs() - this.#lastGrabMs < FRAME_MS) return false;
    return this.#hasDamage || this.#needsWholeGrab ? this.#groups.hasReadyViewer : this.#groups.hasWork;
  }

  #relayout(): void {
    this.#hasNewLayout = false;
    this.#source.refreshLayout();
    this.#needsWholeGrab = true;
    for (const viewer of this.#viewers.values()) this.startOver(viewer);
  }

  /** A monitor that is no longer there leaves its viewer with the whole desktop. */
  #seenBy(choice: MonitorChoice): Rectangle {
    const { width, height } = this.#source.pixels;
    return (choice === "all" ? undefined : this.#source.monitors[choice]) ?? { x: 0, y: 0, width, height };
  }

  #sendLayouts(): void {
    for (const viewer of this.#viewers.values()) {
      if (!viewer.needsLayout) continue;
      viewer.needsLayout = false;
      const { monitors } = this.#source;
      const monitor = viewer.monitor !== "all" && viewer.monitor in monitors ? viewer.monitor : null;
      const { x, y, width, height } = this.#seenBy(viewer.monitor);
      this.#sendOne(viewer, encodeLayout({ x, y, width, height, monitor, monitors }));
    }
  }

  #sendCursor(): void {
    if (this.#hasNewCursor) {
      this.#hasNewCursor = false;
      this.#cursor = this.#source.cursor() ?? this.#cursor;
    }
    if (this.#cursor === null) return;
    for (const viewer of this.#viewers.values()) {
      if (viewer.cursor === this.#cursor || !viewer.isCaughtUp) continue;
      viewer.cursor = this.#cursor;
      this.#sendOne(viewer, encodeCursor(this.#cursor));
    }
  }

  #sendPointer(): void {
    const now = this.#nowMs();
    if (now - this.#lastPointerMs >= (this.#hasPointerMoved ? POINTER_MS : IDLE_MS)) {
      this.#hasPointerMoved = false;
      this.#lastPointerMs = now;
      this.#pointer = movedTo(this.#pointer, this.#source.pointer());
    }
    if (this.#pointer === null) return;
    for (const viewer of this.#viewers.values()) {
      if (viewer.pointer === this.#pointer || !viewer.isCaughtUp) continue;
      viewer.pointer = this.#pointer;
      this.#sendOne(viewer, encodePointer(this.#pointer.x, this.#pointer.y));
    }
  }

  #sendPictures(): void {
    const capturedAtMs = this.#nowMs();
    if (this.#hasDamage || this.#needsWholeGrab) {
      this.#lastGrabMs = capturedAtMs;
      if (!this.#grab()) return;
    }
    for (const group of this.#groups.takeReady()) this.#sendUpdate(group, capturedAtMs);
    this.#groups.merge();
  }

  /** A failed grab means the screen has just changed its size or gone; the event that says so is on its way. */
  #grab(): boolean {
    const areas = this.#source.grab();
    if (areas === null) return false;
    if (this.#needsWholeGrab && !this.#source.grabWhole()) return false;
    for (const area of areas) this.#groups.mark(area);
    this.#hasDamage = false;
    this.#needsWholeGrab = false;
    this.#version++;
    return true;
  }

  #sendUpdate(group: ViewerGroup, capturedAtMs: number): void {
    const picture = { source: this.#source.pixels, seen: group.seen };
    const stamp = { sequence: ++this.#sequence >>> 0, capturedAtMs: capturedAtMs >>> 0 };
    const packets = this.#encoder.encode(picture, group.changed, group.reference, stamp);
    group.changed.clear();
    group.version = this.#version;
    if (packets.length === 0) return;
    for (const viewer of group.viewers) packets.forEach((_, index) => viewer.sent(index === packets.length - 1));
    this.#send([...group.viewers], packets);
  }

  #sendOne(viewer: Viewer, packet: Uint8Array<ArrayBuffer>): void {
    viewer.sent(false);
    this.#send([viewer], [packet]);
  }

  [Symbol.dispose](): void {
    this.#source[Symbol.dispose]();
  }
}

/** The place before, if it is the same: viewers are told of new ones only. */
function movedTo(before: PointerPlace | null, now: PointerPlace | null): PointerPlace | null {
  return now === null || (before?.x === now.x && before.y === now.y) ? before : now;
}

/** Tells every viewer why there is no picture, or with "" that it is back. */
export function sendBlocked(viewers: readonly Viewer[], reason: string, send: SendPackets): void {
  for (const viewer of viewers) {
    viewer.sent(false);
    send([viewer], [encodeBlocked(reason)]);
  }
}
