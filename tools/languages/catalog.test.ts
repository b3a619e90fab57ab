import { expect, test } from "bun:test";
import { pageCatalog, readCatalog, writeCatalog } from "./catalog.ts";

const texts = new Map([
  ["Close", { forms: ["Close"], files: ["ui/a.svelte", "ui/b.svelte"], values: [] }],
  ["{0} left", { forms: ["{0} left"], files: ["ui/a.svelte"], values: ["formatBytes(\n free)"] }],
  ["# user\n# users", { forms: ["# user", "# users"], files: ["ui/c.ts"], values: [] }],
]);

test("a catalog keeps what is translated, asks for what is new and forgets what is gone", () => {
  const known = new Map([
    ["Close", ["Schließen"]],
    ["# user\n# users", ["# Benutzer", "# Benutzer"]],
    ["Gone", ["Fort"]],
  ]);
  const content = writeCatalog("de", texts, known);
  expect(readCatalog(content)).toEqual(
    new Map([
      ["Close", ["Schließen"]],
      ["{0} left", [""]],
      ["# user\n# users", ["# Benutzer", "# Benutzer"]],
    ]),
  );
  expect(content).toContain("#. {0}: formatBytes( free)");
  expect(writeCatalog("de", texts, readCatalog(content))).toBe(content);
});

test("a language has as many forms as it needs, and a page loads only what is whole", () => {
  const content = writeCatalog("ja", texts, new Map([["# user\n# users", ["# 人のユーザー"]]]));
  expect(pageCatalog(readCatalog(content))).toEqual({ "# user\n# users": "# 人のユーザー" });
});
