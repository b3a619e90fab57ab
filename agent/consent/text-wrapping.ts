/** Lines of a text that fit a width; also where words are written without spaces between them. Pure. */
import type { LanguageCode } from "../../protocol/languages.ts";

/** How wide a text is in some letters, in pixels. */
export type WidthOf = (text: string) => number;

export interface Wrapping {
  readonly maxWidth: number;
  readonly maxLines: number;
  readonly language: LanguageCode;
}

/** At most `maxLines` lines; the last one ends in "…" where that is not all. */
export function wrapText(text: string, widthOf: WidthOf, { maxWidth, maxLines, language }: Wrapping): string[] {
  const fits = (line: string): boolean => widthOf(line.trimEnd()) <= maxWidth;
  const lines: string[] = [];
  let line = "";
  for (const piece of piecesOf(text, language).flatMap((piece) => (fits(piece) ? [piece] : [...piece]))) {
    if (line !== "" && !fits(line + piece)) {
      lines.push(line.trimEnd());
      line = piece.trimStart();
    } else line += piece;
  }
  if (line.trim() !== "") lines.push(line.trimEnd());
  if (lines.length <= maxLines) return lines;
  return [...lines.slice(0, maxLines - 1), cut(lines[maxLines - 1] ?? "", fits)];
}

/** Words, each with what may not begin a line behind it and what may not end one before it. */
function piecesOf(text: string, language: LanguageCode): string[] {
  const pieces: string[] = [];
  let isGlued = false;
  for (const { segment } of new Intl.Segmenter(language, { granularity: "word" }).segment(text)) {
    const last = pieces.length - 1;
    if (last >= 0 && (isGlued || /^[\s\p{Pe}\p{Pf}\p{Po}\p{Pd}ーっゃゅょッャュョ]/u.test(segment)))
      pieces[last] += segment;
    else pieces.push(segment);
    isGlued = /[\p{Ps}\p{Pi}¿¡'’\u00a0-]$/u.test(segment);
  }
  return pieces;
}

function cut(line: string, fits: (line: string) => boolean): string {
  const letters = [...line];
  while (letters.length > 0 && !fits(`${letters.join("")}…`)) letters.pop();
  return `${letters.join("")}…`;
}
