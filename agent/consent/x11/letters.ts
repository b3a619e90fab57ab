import type { LetterStyle, PlacedLine } from "../window-layout.ts";

/** Letters on an X display. */
export interface Letters extends Disposable {
  /** Whether there is a picture for each of its letters. */
  canShow(text: string): boolean;
  /** In pixels. */
  widthOf(text: string, style: LetterStyle): number;
  /** @param colour 0xRRGGBB */
  write(drawable: number, line: Omit<PlacedLine, "tone">, colour: number): void;
}
