/** The parts of the check. Each can be run alone: `make check-<name>`. */
export interface Part {
  readonly name: string;
  /** What it holds, for whoever reads the result. */
  readonly holds: string;
  /** Arguments after Bun. */
  readonly command: readonly string[];
}

const TOOLS = "node_modules/.bin";

/** The slowest first, so that they begin first. */
export const parts: readonly Part[] = [
  {
    name: "svelte",
    holds: "types in ui/, and the Svelte compiler's warnings",
    command: [`${TOOLS}/svelte-check`, "--workspace", "ui", "--tsconfig", "tsconfig.json", "--fail-on-warnings"],
  },
  { name: "lint-svelte", holds: "ESLint: Svelte, and what the house forbids", command: [`${TOOLS}/eslint`] },
  {
    name: "imports",
    holds: "who may import whom",
    command: [`${TOOLS}/depcruise`, "--output-type", "err-long", "protocol", "server", "agent", "ui", "tools"],
  },
  {
    name: "dead-code",
    holds: "files, exports and dependencies nobody uses",
    command: [`${TOOLS}/knip`, "--no-progress"],
  },
  {
    name: "types",
    holds: "TypeScript, strict (ui/ is svelte-check's, which knows what .svelte files export)",
    command: ["check", "--no-script", "--no-pretty", "--all", "protocol", "server", "agent", "tools", "ui/test"],
  },
  { name: "lint", holds: "oxlint, with types", command: [`${TOOLS}/oxlint`, "--type-aware", "--deny-warnings"] },
  { name: "format", holds: "bun fmt", command: ["fmt", "--check", "--no-script"] },
  { name: "rules", holds: "the house's own rules", command: ["tools/check/house-rules.ts"] },
  { name: "capabilities", holds: "docs/capabilities.csv", command: ["tools/capabilities/main.ts", "--check"] },
  {
    name: "docs",
    holds: "docs/permissions.md and the generated tables of docs/protocol.md",
    command: ["tools/docs/main.ts", "--check"],
  },
  {
    name: "languages",
    holds: "ui/languages/*.po have the texts of the source",
    command: ["tools/languages/main.ts", "--check"],
  },
];
