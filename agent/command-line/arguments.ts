import { AppError } from "../../protocol/errors.ts";

/**
 * Reads `--name value` and `--name=value`. Every option is known and given once, and nothing else stands on the line.
 * @throws {AppError} request.invalid in words for whoever typed it.
 */
export function parseOptions(words: readonly string[], known: readonly string[]): Map<string, string> {
  const options = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const [, name, inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(words[at]!) ?? [];
    if (name === undefined || !known.includes(name)) throw new AppError("request.invalid", unknown(words[at]!, known));
    if (options.has(name)) throw new AppError("request.invalid", `--${name} is given twice.`);
    const value = inline ?? words[(at += 1)];
    if (value === undefined || value === "") throw new AppError("request.invalid", `--${name} needs a value.`);
    options.set(name, value);
  }
  return options;
}

function unknown(word: string, known: readonly string[]): string {
  const choice =
    known.length === 0 ? "It takes no options." : `It takes ${known.map((name) => `--${name}`).join(", ")}.`;
  return `"${word}" means nothing to this command. ${choice}`;
}
