/** How busy a computer's processors were in each of the last 24 hours, as a row of a long list carries it. Pure. */
import { Type } from "@sinclair/typebox";

/** Hours that are told. */
export const TOLD_HOURS = 24;
/** Stands for an hour of which nothing is known; so does every byte above 100. */
export const NO_WORD = 255;

const FORM = /^[A-Za-z0-9+/]{32}$/;
/** One byte an hour in base64: its mean in whole percent. The oldest comes first, the hour that runs comes last. */
export const CpuHours = Type.String({ pattern: FORM.source });

/** @param percents 0 to 100, or NO_WORD, of TOLD_HOURS hours */
export function encodeCpuHours(percents: Uint8Array): string {
  return btoa(String.fromCharCode(...percents));
}

/** @returns 24 percents; null: nothing is known of that hour. What is no CpuHours gives 24 of them. */
export function decodeCpuHours(text: string): (number | null)[] {
  const bytes = FORM.test(text) ? atob(text) : "";
  return Array.from({ length: TOLD_HOURS }, (_, hour) => {
    const percent = bytes.charCodeAt(hour);
    return percent <= 100 ? percent : null;
  });
}
