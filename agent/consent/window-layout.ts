/** What the layouts of both windows have in common: boxes, lines of text below one another. Pure; in pixels. */
import type { LanguageCode } from "../../protocol/languages.ts";
import { wrapText } from "./text-wrapping.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type LetterStyle = "heading" | "strong" | "text" | "small";
export type Tone = "ink" | "quiet" | "faint";

/** A line of text by the left end of its baseline. */
export interface PlacedLine {
  readonly text: string;
  readonly style: LetterStyle;
  readonly tone: Tone;
  readonly x: number;
  readonly baseline: number;
}

/** How wide a text is in letters of a style, in pixels of the screen. */
export type Measure = (text: string, style: LetterStyle) => number;

export interface LayoutOptions {
  readonly measure: Measure;
  readonly language: LanguageCode;
  /** Pixels of the screen for one of the design. */
  readonly scale: number;
}

/** A paragraph of one of the window's sentences. Lengths are pixels of the design. */
export interface TextBlock<Name extends string> {
  readonly name: Name;
  readonly style: LetterStyle;
  readonly tone: Tone;
  /** From line to line. */
  readonly leading: number;
  /** Room above it. */
  readonly above: number;
  readonly maxLines: number;
}

/** Where the paragraphs stand, in pixels of the design. */
interface Column {
  readonly left: number;
  readonly width: number;
}

/** How far below a line's upper end its letters stand, of its leading. */
const BASELINE = 0.72;

/**
 * The paragraphs below one another, from the window's upper end on.
 * @returns their lines, and where they end, in pixels of the design
 */
export function stackText<Name extends string>(
  blocks: readonly TextBlock<Name>[],
  sentences: Readonly<Record<Name, string>>,
  { left, width }: Column,
  { measure, language, scale }: LayoutOptions,
): { lines: PlacedLine[]; bottom: number } {
  const [x, maxWidth] = [Math.round(left * scale), Math.round(width * scale)];
  const lines: PlacedLine[] = [];
  let y = 0;
  for (const { name, style, tone, leading, above, maxLines } of blocks) {
    y += above;
    const widthOf = (text: string): number => measure(text, style);
    for (const text of wrapText(sentences[name], widthOf, { maxWidth, maxLines, language })) {
      lines.push({ text, style, tone, x, baseline: Math.round((y + leading * BASELINE) * scale) });
      y += leading;
    }
  }
  return { lines, bottom: y };
}

/** Whether a point is in a box. */
export function isIn({ x: left, y: top, width, height }: Box, x: number, y: number): boolean {
  return x >= left && x < left + width && y >= top && y < top + height;
}
