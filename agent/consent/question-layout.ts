/** Where things stand in the question's window, in pixels. Pure. */
import { wrapText } from "./text-wrapping.ts";
import { type Box, isIn, type LayoutOptions, type PlacedLine, stackText } from "./window-layout.ts";
import type { QuestionSentences } from "./words/question-sentences.ts";

export type QuestionButton = "deny" | "allow";
/** In the order of the Tab key. */
export const questionButtons: readonly QuestionButton[] = ["deny", "allow"];

export interface QuestionLayout {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly PlacedLine[];
  readonly buttons: Readonly<Record<QuestionButton, Box>>;
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

export function layOutQuestion(sentences: QuestionSentences, options: LayoutOptions): QuestionLayout {
  const px = (length: number): number => Math.round(length * options.scale);
  const { lines, bottom } = stackText(blocks, sentences, { left: MARGIN, width: WIDTH - 2 * MARGIN }, options);
  const y = bottom + 24;
  const box = (fromRight: number): Box => ({
    ...{ x: px(WIDTH - MARGIN - BUTTON.width - fromRight), y: px(y) },
    ...{ width: px(BUTTON.width), height: px(BUTTON.height) },
  });
  return {
    ...{ width: px(WIDTH), height: px(y + BUTTON.height + MARGIN), lines },
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
  return questionButtons.find((button) => isIn(buttons[button], x, y)) ?? null;
}

/** Where the window stands on a monitor: in its middle, a little above. */
export function questionPlace(monitor: Box, { width, height }: Pick<Box, "width" | "height">): Box {
  return {
    x: monitor.x + Math.max(0, Math.round((monitor.width - width) / 2)),
    y: monitor.y + Math.max(0, Math.round((monitor.height - height) / 3)),
    ...{ width, height },
  };
}
