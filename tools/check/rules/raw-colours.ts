import { inLines, type Rule } from "./rule.ts";

/** Where colours are defined, and files whose pictures carry their own. */
const ALLOWED = /^ui\/design\/(tokens\.css$|logo\/)/;

/** A hexadecimal colour, or a colour function with a value in it; `color-mix` of tokens is fine. */
const COLOUR =
  /(?<![\w&/]|href=["'])#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b(?!-)|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|hwb)\(\s*[\d.]/i;

/** Colours come from ui/design/tokens.css, so that light and dark always agree. */
export const rawColours: Rule = {
  name: "no-raw-colour",
  breaches: (files) =>
    files
      .filter(({ path }) => /^ui\/.*\.(css|svelte|html)$/.test(path) && !ALLOWED.test(path))
      .flatMap((file) =>
        inLines({ ...file, text: withoutScripts(file) }, (line) => {
          const found = COLOUR.exec(line);
          return found === null ? null : `${found[0]} is a colour of its own; take a token of ui/design/tokens.css`;
        }),
      ),
};

/** Scripts hold private names (#socket) that look like colours; their lines are kept, emptied. */
function withoutScripts({ path, text }: { path: string; text: string }): string {
  if (!path.endsWith(".svelte")) return text;
  return text.replace(/<script[\s\S]*?<\/script>/g, (script) => script.replace(/[^\n]/g, ""));
}
