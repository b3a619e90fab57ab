import { inLines, type Rule } from "./rule.ts";

/** What the content security policy would refuse in a page: code or style between its tags, and handlers as attributes. */
const INLINE = /<script(?![^>]*\bsrc=)[^>]*>|<style\b|\son[a-z]+\s*=|\sstyle\s*=|javascript:/i;

/** The pages carry neither script nor style of their own. */
export const inlineCode: Rule = {
  name: "no-inline-script-or-style",
  breaches: (files) =>
    files
      .filter(({ path }) => /^ui\/.*\.html$/.test(path))
      .flatMap((file) =>
        inLines(file, (line) => {
          const found = INLINE.exec(line);
          return found === null ? null : `${found[0].trim()} stands in the page; the policy allows files alone`;
        }),
      ),
};
