/** Chooses the letters a question is written in. */
import { AppError } from "../../../protocol/errors.ts";
import type { LanguageCode } from "../../../protocol/languages.ts";
import type { X11Connection } from "../../x11/connection.ts";
import { CoreLetters } from "./core-letters.ts";
import type { Letters } from "./letters.ts";
import { XftLetters } from "./xft-letters.ts";

/**
 * The desktop's own fonts where libXft is, else the few that the X server has.
 * @param scale pixels of the screen for one of the design
 */
export function openLetters(connection: X11Connection, language: LanguageCode, scale: number): Letters {
  try {
    return new XftLetters(connection, language, scale);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return new CoreLetters(connection);
  }
}
