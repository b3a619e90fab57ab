import type { LetterStyle, Measure } from "../consent/window-layout.ts";

const sizes: Readonly<Record<LetterStyle, number>> = { heading: 22, strong: 16, text: 15, small: 13 };

/** About as wide as a sans-serif's letters are; those of Japanese are square. */
export const measureAt =
  (scale: number): Measure =>
  (text, style) =>
    [...text].reduce((width, letter) => width + sizes[style] * scale * (letter > "\u2fff" ? 1 : 0.6), 0);
