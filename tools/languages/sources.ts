/** Where texts are looked for. */

/** Constants of protocol/ that hold sentences for people; the pages show them, so they are said in the page's language. */
const PROTOCOL_SOURCES: readonly string[] = [
  "protocol/permissions.ts",
  "protocol/account-settings.ts",
  "protocol/audit.ts",
  "protocol/audit-details.ts",
  "protocol/audit-values.ts",
  "protocol/provider-refusals.ts",
];

/** Sentences that are read before they are said: they are translated, but stay English where they stand. */
const READ_SOURCES: readonly string[] = ["protocol/session-lines.ts", "protocol/server-sentences.ts"];

/** Says nothing to people: the wire, what measures keys and pixels, and the languages themselves. */
const SILENT =
  /\.test\.ts$|\.d\.ts$|-worker\.ts$|^ui\/(?:test|gallery|languages|design)\/|^ui\/(?:[a-z]+\/main|kit\/shortcuts|kit\/sea)\.ts$/u;

/** Whether a file of the repository may have texts. */
export function mayHaveTexts(file: string): boolean {
  if (PROTOCOL_SOURCES.includes(file)) return true;
  return /^ui\/.*\.(?:svelte|ts)$/u.test(file) && !SILENT.test(file);
}

/** Every file whose texts are translated, sorted. */
export function sources(): readonly string[] {
  const files = [...new Bun.Glob("{ui,protocol}/**/*.{svelte,ts}").scanSync(".")];
  return files
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => mayHaveTexts(file) || READ_SOURCES.includes(file))
    .sort();
}
