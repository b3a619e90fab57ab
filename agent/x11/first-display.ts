/** Which of a computer's displays is used: the first that answers. */
import { AppError } from "../../protocol/errors.ts";

/** What was opened on which display; of none, the first one's refusal, or null where there was none to ask. */
export type FirstDisplay<Display, Opened> =
  | { readonly display: Display; readonly opened: Opened }
  | { readonly display: null; readonly refusal: AppError | null };

/** @param open throws an AppError where a display does not answer or does not suit; then the next is tried */
export function openFirst<Display, Opened>(
  displays: readonly Display[],
  open: (display: Display) => Opened,
): FirstDisplay<Display, Opened> {
  let refusal: AppError | null = null;
  for (const display of displays) {
    try {
      return { display, opened: open(display) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refusal ??= error;
    }
  }
  return { display: null, refusal };
}
