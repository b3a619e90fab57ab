/** What the console says of its own connection; pure. */
import type { ConnectionShown } from "../console-app.svelte.ts";

export interface ConnectionWords {
  readonly title: string;
  readonly text: string;
  /** How many attempts and when the next begins; changes each second, so it is not read out. */
  readonly counting: string;
}

/** null while there is nothing to say: open, signed out, or the very first attempt. */
export function connectionWords(
  { state, attempt, retryAtMs }: ConnectionShown,
  nowMs: number,
  sessions: number,
): ConnectionWords | null {
  if (state === "open" || state === "signed-out" || (state === "connecting" && retryAtMs === null && attempt <= 1))
    return null;
  const seconds = retryAtMs === null ? 0 : Math.max(0, Math.ceil((retryAtMs - nowMs) / 1000));
  const next = retryAtMs === null || seconds === 0 ? "now" : `in ${seconds} s`;
  return {
    title: state === "lost" ? "The connection to the server is lost." : "The server cannot be reached.",
    text:
      sessions === 0
        ? "It is tried again."
        : "Running sessions go on without you; you are back in them when it returns.",
    counting: `Attempt ${Math.max(1, retryAtMs === null ? attempt : attempt + 1)} ${next}.`,
  };
}
