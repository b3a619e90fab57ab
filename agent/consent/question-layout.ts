/** Where things stand in the question's window, in pixels. Pure. */
import type { LanguageCode } from "../../protocol/languages.ts";
import { wrapText } from "./text-wrapping.ts";
import type { QuestionSentences } from "./words/question-sentences.ts";

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

export type QuestionButton = "deny" | "allow";
/** In the order of the Tab key. */
export const questionButtons: readonly QuestionButton[] = ["deny", "allow"];

export interface QuestionLayout {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly PlacedLine[];
  readonly buttons: Readonly<Record<QuestionButton, Box>>;
}

/** How wide a text is in letters of a style, in pixels of the screen. */
export type Measure = (text: string, style: LetterStyle) => number;

export interface LayoutOptions {
  readonly measure: Measure;
  readonly language: LanguageCode;
  /** Pixels of the screen for one of the design. */
  readonly scale: number;
}

const WIDTH = 560;
const MARGIN = 28;
const BUTTON = { width: 140, height: 44, gap: 12 } as const;
/** What stands below one another, with the room above each, in pixels of the design. */
const blocks = [
  { name: "siteName", style: "strong", tone: "ink", leading: 22, above: 34, maxLines: 1 },
  { name: "remoteSupport", style: "small", tone: "faint", leading: 20, above: 0, maxLines: 1 },
  { name: "question", style: "heading", tone: "ink", leading: 30, above: 18, maxLines: 4 },
  { name: "meaning", style: "text", tone: "quiet", leading: 22, above: 6, maxLines: 4 },
  { name: "howItEnds", style: "small", tone: "faint", leading: 19, above: 12, maxLines: 3 },
] as const;

export function layOutQuestion(
  sentences: QuestionSentences,
  { measure, language, scale }: LayoutOptions,
): QuestionLayout {
  const px = (length: number): number => Math.round(length * scale);
  const maxWidth = px(WIDTH - 2 * MARGIN);
  const lines: PlacedLine[] = [];
  let y = 0;
  for (const { name, style, tone, leading, above, maxLines } of blocks) {
    y += above;
    const widthOf = (text: string): number => measure(text, style);
    for (const text of wrapText(sentences[name], widthOf, { maxWidth, maxLines, language })) {
      lines.push({ text, style, tone, x: px(MARGIN), baseline: px(y + leading * 0.72) });
      y += leading;
    }
  }
  const buttonY = y + 24;
  const box = (fromRight: number): Box => ({
    ...{ x: px(WIDTH - MARGIN - BUTTON.width - fromRight), y: px(buttonY) },
    ...{ width: px(BUTTON.width), height: px(BUTTON.height) },
  });
  return {
    ...{ width: px(WIDTH), height: px(buttonY + BUTTON.height + MARGIN), lines },
    buttons: { deny: box(BUTTON.width + BUTTON.gap), allow: box(0) },
  };
}

/** What silence means and when, to the left of the buttons, in one line or two. */
export function layOutSilence(text: string, { buttons }: QuestionLayout, options: LayoutOptions): PlacedLine[] {
  const { measure, language, scale } = options;
  const { x: right, y, height } = buttons.deny;
  const left = Math.round(MARGIN * scale);
  const wrapping = { maxWidth: right - left - Math.round(BUTTON.gap * scale), maxLines: 2, language };
  const lines = wrapText(text, (part) => measure(part, "small"), wrapping);
  const leading = Math.round(19 * scale);
  const first = y + Math.round(height / 2 + 4.5 * scale - ((lines.length - 1) * leading) / 2);
  return lines.map((line, index) => ({
    ...{ text: line, style: "small", tone: "faint", x: left, baseline: first + index * leading },
  }));
}

/** The button at a place of the window; null: none. */
export function buttonAt({ buttons }: QuestionLayout, x: number, y: number): QuestionButton | null {
  const isIn = ({ x: left, y: top, width, height }: Box) =>
    x >= left && x < left + width && y >= top && y < top + height;
  return questionButtons.find((button) => isIn(buttons[button])) ?? null;
}

/** Where the window stands on a monitor: in its middle, a little above. */
export function questionPlace(
  monitor: Box,
  { width, height }: Pick<Box, "width" | "height">,
): { x: number; y: number } {
  return {
    x: monitor.x + Math.max(0, Math.round((monitor.width - width) / 2)),
    y: monitor.y + Math.max(0, Math.round((monitor.height - height) / 3)),
  };
}
