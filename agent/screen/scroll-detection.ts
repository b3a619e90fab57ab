/** Finds out that a part of the picture has only moved up or down, by the hashes of its rows. */
import type { Rectangle } from "../../protocol/screen.ts";
import type { CLibrary } from "../x11/c-library.ts";
import { referenceAddress, seenAddress, seenIndex } from "./picture-memory.ts";
import type { ReferencePicture, SeenPicture } from "./screen-encoder.ts";

/** A rectangle that now shows what stood `fromY` before, at the same x. */
export interface Scroll extends Rectangle {
  readonly fromY: number;
}

/** Below this size looking for a scroll costs more than it saves. */
const MIN_WIDTH = 100;
const MIN_HEIGHT = 60;
/** Rows that are the same nowhere else and agree on one distance before it is believed. */
const MIN_VOTES = 12;
/** Scroll bars, borders and shadows at the sides would make every row look new. */
const LEFT_MARGIN = 24;
const RIGHT_MARGIN = 40;

export function detectScroll(
  c: CLibrary,
  picture: SeenPicture,
  reference: ReferencePicture,
  area: Rectangle,
): Scroll | null {
  if (area.width < MIN_WIDTH || area.height < MIN_HEIGHT) return null;
  const inner = { ...area, x: area.x + LEFT_MARGIN, width: area.width - LEFT_MARGIN - RIGHT_MARGIN };
  const before = hashRows(reference.words, inner, (y) => y * reference.width + inner.x);
  const now = hashRows(picture.source.words, inner, (y) => seenIndex(picture, inner.x, y));
  const distance = mostVotedDistance(before, now);
  if (distance === null) return null;
  // A row that is as it was in its own place, as in a title bar of one colour, is better left there.
  const isMoved = (row: number) => now[row] === before[row - distance] && now[row] !== before[row];
  let first = Math.max(0, distance);
  let last = Math.min(now.length, now.length + distance) - 1;
  while (first < last && !isMoved(first)) first++;
  while (last > first && !isMoved(last)) last--;
  const found = { ...inner, y: area.y + first, height: last - first + 1, fromY: area.y + first - distance };
  return widen(c, picture, reference, found, area);
}

function hashRows(words: Uint32Array, area: Rectangle, indexOf: (y: number) => number): bigint[] {
  return Array.from({ length: area.height }, (_, row) => {
    const start = indexOf(area.y + row);
    return Bun.hash.xxHash3(words.subarray(start, start + area.width)) as bigint;
  });
}

/** How far down the rows have gone (negative: up), if enough rows that were unique before agree on it. */
function mostVotedDistance(before: readonly bigint[], now: readonly bigint[]): number | null {
  const rowOf = new Map<bigint, number>();
  for (const [row, hash] of before.entries()) rowOf.set(hash, rowOf.has(hash) ? -1 : row);
  const votes = new Map<number, number>();
  for (const [row, hash] of now.entries()) {
    const from = rowOf.get(hash) ?? -1;
    if (from >= 0 && from !== row) votes.set(row - from, (votes.get(row - from) ?? 0) + 1);
  }
  let best: number | null = null;
  for (const [distance, count] of votes)
    if (count >= MIN_VOTES && count > (best === null ? 0 : votes.get(best)!)) best = distance;
  return best;
}

/** Takes the margins along where most of their rows moved too. */
function widen(
  c: CLibrary,
  picture: SeenPicture,
  reference: ReferencePicture,
  scroll: Scroll,
  area: Rectangle,
): Scroll {
  const hasMoved = (x: number, width: number): boolean => {
    let moved = 0;
    for (let row = 0; row < scroll.height; row++) {
      const now = seenAddress(picture, x, scroll.y + row);
      if (c.memcmp(now, referenceAddress(reference, x, scroll.fromY + row), width * 4) === 0) moved++;
    }
    return moved * 2 > scroll.height;
  };
  const left = hasMoved(area.x, LEFT_MARGIN) ? LEFT_MARGIN : 0;
  const rightEdge = scroll.x + scroll.width;
  const right = hasMoved(rightEdge, RIGHT_MARGIN) ? RIGHT_MARGIN : 0;
  return { ...scroll, x: scroll.x - left, width: scroll.width + left + right };
}
