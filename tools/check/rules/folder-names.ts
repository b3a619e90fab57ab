import type { Rule } from "./rule.ts";

const REFUSED = /^(utils?|helpers?|common|misc|lib|shared|managers?)$/;

/** A folder says what its files are about; a drawer for odds and ends says nothing. */
export const folderNames: Rule = {
  name: "no-drawer-folder",
  breaches: (files) =>
    files.flatMap(({ path }) => {
      const folder = path
        .split("/")
        .slice(0, -1)
        .find((part) => REFUSED.test(part));
      return folder === undefined ? [] : [{ path, line: 1, says: `a folder is named for a noun, not "${folder}"` }];
    }),
};

/** `jump-clients.ts`, `JumpClients.svelte`; index files would be barrels. */
export const fileNames: Rule = {
  name: "file-named-for-its-concept",
  breaches: (files) =>
    files
      .filter(({ path }) => /^(server|agent|ui|protocol|tools|appliance)\/.*\.(ts|svelte)$/.test(path))
      .filter(({ path }) => {
        const name = path.slice(path.lastIndexOf("/") + 1);
        return name.endsWith(".svelte")
          ? !/^[A-Z][A-Za-z0-9]*\.svelte$/.test(name)
          : name === "index.ts" || !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|svelte|d))?\.ts$/.test(name);
      })
      .map(({ path }) => ({
        path,
        line: 1,
        says: "TypeScript files are kebab-case nouns, components PascalCase, and no file is named index.ts",
      })),
};
