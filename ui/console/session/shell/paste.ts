/** A paste larger than this is shown with its size and lines before it goes to the shell (BG-18). */
export const ASK_BEFORE_PASTE_BYTES = 5 << 10;

export interface Paste {
  readonly text: string;
  readonly byteCount: number;
  readonly lineCount: number;
}

/** What is about to be pasted, measured as the shell will get it. */
export function measurePaste(text: string): Paste {
  const withoutLastBreak = text.replace(/\r?\n$/, "");
  return {
    text,
    byteCount: new TextEncoder().encode(text).length,
    lineCount: withoutLastBreak.split("\n").length,
  };
}
