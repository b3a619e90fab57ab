/** Where things stand in the question's window, in pixels. Pure. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const questionSize = { width: 520, height: 240 } as const;

const BUTTON = { width: 140, height: 44 } as const;
const MARGIN = 24;
const BUTTON_Y = questionSize.height - MARGIN - BUTTON.height;

export type QuestionButton = "deny" | "allow";
/** In the order of the Tab key. */
export const questionButtons: readonly QuestionButton[] = ["deny", "allow"];
export const buttonBoxes: Readonly<Record<QuestionButton, Box>> = {
  deny: { x: questionSize.width - 2 * MARGIN + 8 - 2 * BUTTON.width, y: BUTTON_Y, ...BUTTON },
  allow: { x: questionSize.width - MARGIN - BUTTON.width, y: BUTTON_Y, ...BUTTON },
};
/** Baselines of the lines of text, from the top; all begin at the margin. */
export const textLeft = MARGIN;
export const baselines = { site: 44, representative: 84, wish: 112, note: 148, countdown: BUTTON_Y + 28 } as const;
export const textWidth = questionSize.width - 2 * MARGIN;

/** The button at a place of the window; null: none. */
export function buttonAt(x: number, y: number): QuestionButton | null {
  const isIn = ({ x: left, y: top, width, height }: Box) =>
    x >= left && x < left + width && y >= top && y < top + height;
  return questionButtons.find((button) => isIn(buttonBoxes[button])) ?? null;
}

/** Where the window stands on a screen: in its middle, a little above. */
export function questionPlace(screen: { readonly width: number; readonly height: number }): { x: number; y: number } {
  return {
    x: Math.max(0, Math.round((screen.width - questionSize.width) / 2)),
    y: Math.max(0, Math.round((screen.height - questionSize.height) / 3)),
  };
}
