/** Builds the pages so that they speak: texts become calls of `say`, and PO files become the modules that pages load. */
import { relative, resolve } from "node:path";
import type { Plugin } from "vite";
import { pageCatalog, readCatalog } from "./catalog.ts";
import { rewrite } from "./rewrite.ts";
import { mayHaveTexts } from "./sources.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const SAY = resolve(ROOT, "ui/languages/say.ts");

/** Comes before Svelte's own plugin. */
export function languagesPlugin(): Plugin {
  return {
    name: "causeway-languages",
    enforce: "pre",
    transform: {
      filter: { id: /[/\\](?:ui|protocol)[/\\].*\.(?:svelte|ts|po)$/u },
      async handler(source, id) {
        if (id.endsWith(".po")) {
          const catalog = JSON.stringify(pageCatalog(readCatalog(source)));
          return { code: `export const catalog = JSON.parse(${JSON.stringify(catalog)});`, map: null };
        }
        const file = relative(ROOT, id).replaceAll("\\", "/");
        if (!mayHaveTexts(file)) return null;
        const { output } = await rewrite(source, file, SAY);
        return output === null ? null : { code: output.code, map: String(output.map) };
      },
    },
  };
}
