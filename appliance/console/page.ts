import type { Answers, Asks, SystemAction } from "../../protocol/appliance/system-actions.ts";
import { AppError } from "../../protocol/errors.ts";
import type { System } from "../system/system.ts";
import type { Terminal } from "./terminal.ts";

/** So long a page waits for an answer before the front page comes back. */
const IDLE_MS = 5 * 60_000;

/** What a page of the menu has to work with. */
export interface PageContext {
  readonly terminal: Terminal;
  readonly system: System;
  /** Asks the helper, or does it itself while the helper does not run. */
  readonly ask: <A extends SystemAction>(action: A, asks: Asks<A>) => Promise<Answers<A>>;
}

/** One page of the menu: shows, asks, does, and returns to the front page. */
export interface Page {
  readonly title: string;
  show(context: PageContext): Promise<void>;
}

/** A page's head. */
export function writeTitle(terminal: Terminal, title: string): void {
  terminal.clear();
  terminal.write(`${title}\n${(terminal.isFancy ? "─" : "-").repeat(78)}\n\n`);
}

/**
 * Asks until the answer can be used.
 * @param read gives the value, or a sentence that says what is wrong
 * @returns null when it was left: an empty line, Ctrl-C, or nothing typed for five minutes
 */
export async function ask<T extends object | string | number>(
  terminal: Terminal,
  question: string,
  read: (text: string) => { readonly value: T } | { readonly problem: string },
): Promise<T | null> {
  for (;;) {
    terminal.write(`${question}: `);
    const line = await terminal.readLine(IDLE_MS);
    if (line.kind !== "line" || line.text.trim() === "") return null;
    const result = read(line.text.trim());
    if ("value" in result) return result.value;
    terminal.write(`  ${result.problem}\n`);
  }
}

/** Asks for one of the words, or the beginning of one. @returns null when it was left */
export async function askWord<W extends string>(
  terminal: Terminal,
  question: string,
  words: readonly W[],
): Promise<W | null> {
  return await ask(terminal, `${question} (${words.join(", ")})`, (text) => {
    const found = words.filter((word) => word.startsWith(text.toLowerCase()));
    return found.length === 1 ? { value: found[0]! } : { problem: `Type one of: ${words.join(", ")}.` };
  });
}

/** Waits until the person has read what is shown. */
export async function pause(terminal: Terminal): Promise<void> {
  terminal.write("\nPress Enter to go back. ");
  await terminal.readLine(IDLE_MS);
}

/** Does something that may be refused, and shows why if it is. @returns null when it was refused */
export async function attempt<T>(terminal: Terminal, action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    const says =
      error instanceof AppError
        ? error.message
        : `This failed: ${error instanceof Error ? error.message : String(error)}`;
    terminal.write(`\n${says}\n`);
    await pause(terminal);
    return null;
  }
}
