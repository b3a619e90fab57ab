/**
 * Cuts a box of indexes at its blank rows, as they stand between lines of text. A line by itself, column after column,
 * is a run of letters that deflate knows again wherever they stand.
 */
import type { Rectangle } from "../../protocol/screen.ts";

/** A box whose pixels are named by indexes, row after row. */
export interface IndexedBox {
  readonly width: number;
  readonly height: number;
  readonly indexes: Uint8Array;
}

export interface TextLines {
  /** The index of the blank rows; null if there is none, and `lines` is the whole box. */
  readonly blank: number | null;
  /** What is not blank, trimmed, counted from the box's corner. */
  readonly lines: readonly Rectangle[];
}

export function cutIntoLines(box: IndexedBox): TextLines {
  const { width, height } = box;
  const blank = blankIndex(box);
  if (blank === null) return { blank, lines: [{ x: 0, y: 0, width, height }] };
  const lines: Rectangle[] = [];
  let top = 0;
  for (let row = 0; row <= height; row++) {
    if (row < height && !isBlank(box, row, blank)) continue;
    if (row > top) lines.push(trimmed(box, top, row, blank));
    top = row + 1;
  }
  return { blank, lines };
}

/** The first index that fills a row from end to end. */
function blankIndex(box: IndexedBox): number | null {
  for (let row = 0; row < box.height; row++) {
    const index = box.indexes[row * box.width]!;
    if (isBlank(box, row, index)) return index;
  }
  return null;
}

function isBlank({ indexes, width }: IndexedBox, row: number, blank: number): boolean {
  for (let at = row * width; at < (row + 1) * width; at++) if (indexes[at] !== blank) return false;
  return true;
}

function trimmed({ indexes, width }: IndexedBox, top: number, bottom: number, blank: number): Rectangle {
  let left = width;
  let right = 0;
  for (let start = top * width; start < bottom * width; start += width) {
    let column = 0;
    while (column < left && indexes[start + column] === blank) column++;
    left = column;
    column = width;
    while (column > right && indexes[start + column - 1] === blank) column--;
    right = column;
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
