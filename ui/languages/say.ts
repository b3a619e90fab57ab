/**
 * What the texts of components become when the pages are built (tools/languages): `say("Signed in")` is the text in the
 * page's language. Nobody writes it by hand; docs/decisions/0005-languages.md tells how.
 */
import { type Catalog, type Language, languageFor } from "./languages.ts";

/** A text in pieces: words, the number of what is filled in, or an element's number with what stands in it. */
export type Piece = string | number | readonly [number, ...Piece[]];

/** What is filled into a text. */
type Value = string | number;

interface Spoken {
  readonly language: Language;
  readonly catalog: Catalog;
}

let spoken: Spoken = { language: languageFor([]), catalog: {} };
const piecesOfTexts = new Map<string, readonly Piece[]>();

/** From now on texts are said in this language. Texts that stand in constants of modules keep the one before. */
export function speak(language: Language, catalog: Catalog): void {
  spoken = { language, catalog };
  piecesOfTexts.clear();
}

/** The language the page speaks. */
export function spokenLanguage(): Language {
  return spoken.language;
}

function translation(text: string): string {
  return (Object.hasOwn(spoken.catalog, text) ? spoken.catalog[text] : undefined) ?? text;
}

function sayText(text: string, values?: readonly Value[]): string {
  return values === undefined ? translation(text) : sayPieces(piecesOf(text), values, 0);
}

/** A text that has elements in it. */
function piecesOf(text: string): readonly Piece[] {
  const known = piecesOfTexts.get(text);
  if (known !== undefined) return known;
  const pieces = cutText(translation(text));
  piecesOfTexts.set(text, pieces);
  return pieces;
}

/** What stands in an element of such a text: its own number comes first. */
function sayPieces(pieces: readonly Piece[], values: readonly Value[] = [], start = 1): string {
  const said = pieces.slice(start).map((piece) => (typeof piece === "number" ? String(values[piece] ?? "") : piece));
  return said.join("");
}

function forms(text: string): readonly string[] {
  return translation(text).split("\n");
}

/** `c`, `x` and `p` are the names the compiled components ask for. */
export const say = Object.assign(sayText, { c: piecesOf, x: sayPieces, p: forms });

/** Cuts "Under <0>My account</0>, {0}." into its pieces. What is not closed ends with the text. */
export function cutText(text: string): readonly Piece[] {
  const open: { readonly element: number; readonly pieces: Piece[] }[] = [{ element: -1, pieces: [] }];
  const add = (piece: Piece): void => void (piece !== "" && open.at(-1)?.pieces.push(piece));
  const close = (): void => {
    const closed = open.length > 1 ? open.pop() : undefined;
    if (closed !== undefined) add([closed.element, ...closed.pieces]);
  };
  let end = 0;
  for (const found of text.matchAll(/\{(\d+)\}|<(\d+)\/>|<(\d+)>|<\/\d+>/gu)) {
    add(text.slice(end, found.index));
    end = found.index + found[0].length;
    const [, value, empty, element] = found;
    if (value !== undefined) add(Number(value));
    else if (empty !== undefined) add([Number(empty)]);
    else if (element !== undefined) open.push({ element: Number(element), pieces: [] });
    else close();
  }
  add(text.slice(end));
  while (open.length > 1) close();
  return open[0]?.pieces ?? [];
}
