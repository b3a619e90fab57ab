/** `--name value` and `--flag` to values, by a table. Pure. */

/** What an option takes: a word after it, or nothing. */
export type OptionKind = "text" | "flag";
export type OptionTable = Readonly<Record<string, { readonly kind: OptionKind; readonly isRequired?: boolean }>>;

export type Options<T extends OptionTable> = {
  readonly [Name in keyof T]: T[Name]["kind"] extends "flag"
    ? boolean
    : T[Name] extends { readonly isRequired: true }
      ? string
      : string | null;
};

/** What was typed is not what the command takes; the message says which word. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @throws {UsageError} for an unknown, repeated or missing option, and for words that belong to none. */
export function readOptions<const T extends OptionTable>(table: T, words: readonly string[]): Options<T> {
  const values: Record<string, string | boolean | null> = {};
  for (let index = 0; index < words.length; index += 1) {
    const [name, attached] = splitWord(words[index]!);
    if (!Object.hasOwn(table, name)) throw new UsageError(`There is no option ${words[index]!.slice(0, 60)}.`);
    if (name in values) throw new UsageError(`--${name} stands there twice.`);
    if (table[name]!.kind === "flag") values[name] = readFlag(name, attached);
    else values[name] = readText(name, attached ?? words[(index += 1)]);
  }
  for (const [name, { kind, isRequired }] of Object.entries(table)) {
    if (isRequired === true && !(name in values)) throw new UsageError(`--${name} is missing.`);
    values[name] ??= kind === "flag" ? false : null;
  }
  return values as Options<T>;
}

function splitWord(word: string): [string, string | undefined] {
  if (!word.startsWith("--")) return ["", undefined];
  const equals = word.indexOf("=");
  return equals === -1 ? [word.slice(2), undefined] : [word.slice(2, equals), word.slice(equals + 1)];
}

function readFlag(name: string, attached: string | undefined): true {
  if (attached !== undefined) throw new UsageError(`--${name} takes no value.`);
  return true;
}

function readText(name: string, value: string | undefined): string {
  if (value === undefined || value === "") throw new UsageError(`--${name} needs a value.`);
  return value;
}

/** "127.0.0.1:8443", "[::]:443" or ":8443" (every address). @throws {UsageError} */
export function readListenAddress(text: string): { readonly hostname: string; readonly port: number } {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]*)):(\d{1,5})$/u.exec(text);
  const port = Number(match?.[3] ?? Number.NaN);
  if (match === null || !(port <= 65_535))
    throw new UsageError("--listen needs ADDRESS:PORT, for example 0.0.0.0:443 or [::]:443.");
  return { hostname: match[1] ?? (match[2] === "" ? "0.0.0.0" : match[2]!), port };
}
