import { expect, test } from "bun:test";
import { rewrite } from "./rewrite.ts";

const textsOf = async (source: string, file: string) =>
  (await rewrite(source, file, "say")).texts.map(({ forms }) => forms);

test("a module says its texts and keeps its code", async () => {
  const source = [
    "export function stateWord(row: Row): string {",
    '  if (row.state === "Gone away") throw new AppError("agent.offline", "The computer is gone.");',
    "  const restText = isLong ? ` of ${row.total}` : ', all of it ';",
    "  switch (row.kind) {",
    '    case "Some kind":',
    '      return row.count! > 1 ? `${row.count} of ${row.total} are here` : "never";',
    "  }",
    '  return plural(row.count, ["# user", "# users"]);',
    "}",
    "// @wc-ignore",
    'const example = "Front desk four";',
    'class Notice { readonly title = "Nothing new"; }',
  ].join("\n");
  const { texts, output } = await rewrite(source, "ui/console/state.ts", "./say.ts");
  expect(texts.map(({ forms }) => forms).sort()).toEqual([
    [" of {0}"],
    ["# user", "# users"],
    [", all of it "],
    ["Nothing new"],
    ["The computer is gone."],
    ["never"],
    ["{0} of {1} are here"],
  ]);
  expect(output?.code).toContain('import { say as _say } from "./say.ts"');
  expect(output?.code).toContain('_say("{0} of {1} are here", [row.count, row.total])');
  expect(output?.code).toContain('_say(" of {0}", [row.total]) : _say(", all of it ")');
  expect(output?.code).toContain('plural(row.count, _say.p("# user\\n# users"))');
  expect(output?.code).toContain('row.state === "Gone away"');
});

test("a component's sentence stays whole around its elements and values", async () => {
  const source = [
    '<script lang="ts">',
    "  const { user }: { user: User } = $props();",
    '  const columns = [{ id: "name", title: "Display name", width: "120px" }];',
    "</script>",
    '<p class="help two words">{user.name} is gone. Look under <a href="/login/users">all users</a>.</p>',
    '<Button variant="quiet" aria-label="Delete {user.name}" onclick={() => ask("Really gone?")}>Delete</Button>',
    "<code>sudo apt update</code>",
    '<i title={user.kind === "gone away" ? "gone" : ""}>{user.isKnown ? user.name : "nobody"}{list(["none"])}</i>',
  ].join("\n");
  expect(await textsOf(source, "ui/login/users/Gone.svelte")).toEqual([
    ["Display name"],
    ["{0} is gone. Look under <0>all users</0>."],
    ["Delete {0}"],
    ["Really gone?"],
    ["Delete"],
    ["gone"],
    ["nobody"],
  ]);
});

test("a source without texts is left as it is", async () => {
  expect(await rewrite("export const size = 12;", "ui/kit/size.ts", "say")).toEqual({ texts: [], output: null });
});
