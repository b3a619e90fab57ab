import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { MAX_NOTE_LENGTH, MAX_NOTES, Release, UpdateNote } from "./appliance/update-manifest.ts";
import { notesOf, parseReleaseNotes, securityReleasesUpTo } from "./release-notes.ts";

const CHANGELOG = readFileSync(join(import.meta.dir, "../CHANGELOG.md"), "utf8");

const EXAMPLE = `# What changed

## 1.3.0-rc.1 (unreleased)

## 1.2.0 (2026-11-21)

The first of
many.

- Recordings are searched by \`text on screen\`, see **[the
  \`search\` page](docs/search.md#words)** and [sign in](docs/sign-in.md).
- Names may hold \\_ and 2 * 3.

### Changed
- Chat opens pinned.
### Security

- Two weaknesses are mended.

### New

- One thing more.
`;

test("releases come with their days, notes with their kinds and without Markdown's marks", () => {
  expect(parseReleaseNotes(EXAMPLE)).toEqual([
    { version: "1.3.0-rc.1", releasedOn: null, notes: [] },
    {
      version: "1.2.0",
      releasedOn: "2026-11-21",
      notes: [
        { kind: "new", text: "The first of many." },
        { kind: "new", text: "Recordings are searched by text on screen, see the search page and sign in." },
        { kind: "new", text: "Names may hold _ and 2 * 3." },
        { kind: "change", text: "Chat opens pinned." },
        { kind: "security", text: "Two weaknesses are mended." },
        { kind: "new", text: "One thing more." },
      ],
    },
  ]);
  expect(parseReleaseNotes(EXAMPLE.replaceAll("\n", "\r\n"))).toEqual(parseReleaseNotes(EXAMPLE));
  expect(parseReleaseNotes("")).toEqual([]);
});

const refusalOf = (markdown: string): string => {
  try {
    return JSON.stringify(parseReleaseNotes(markdown));
  } catch (error) {
    return (error as Error).message;
  }
};
const inRelease = (text: string): string => `## 1.0.0 (unreleased)\n${text}\n`;

test("what could not be shown whole is refused with the number of its line", () => {
  expect(parseReleaseNotes(inRelease(`- ${"x".repeat(MAX_NOTE_LENGTH)}`))[0]?.notes[0]?.text).toHaveLength(500);
  expect(refusalOf(inRelease(`- ${"x".repeat(MAX_NOTE_LENGTH + 1)}`))).toStartWith(
    "Line 3 of the release notes: the note",
  );
  expect(parseReleaseNotes(inRelease("- x\n".repeat(MAX_NOTES)))[0]?.notes).toHaveLength(100);
  expect(refusalOf(inRelease("- x\n".repeat(MAX_NOTES + 1)))).toContain("1.0.0 has more than 100 notes.");
  expect(refusalOf("- before all")).toBe("Line 1 of the release notes: it stands before the first release.");
  for (const line of [
    "  - deeper",
    "* star",
    "1. one",
    "> said",
    "| a |",
    "```",
    "#### deep",
    "## 1.1.0",
    "# again",
    "---",
  ])
    expect(refusalOf(inRelease(`- one\n${line}`))).toStartWith("Line 3 of the release notes: it is not shown");
  expect(refusalOf(inRelease("### toString"))).toContain("not toString");
  expect(refusalOf("## 1.0 (unreleased)")).toContain('"1.0" is no release');
  expect(refusalOf("## 1.0.0 (2026-02-30)")).toContain("There is no day 2026-02-30");
  expect(refusalOf("## 1.0.0 (unreleased)\n## 1.0.0 (2026-01-01)")).toContain("1.0.0 is there already");
});

test("whatever the lines are, they are read to notes that an update may carry, or refused by their number", () => {
  const parts = [
    "## 1.2.3 (unreleased)",
    "## 1.2.4 (2026-01-01)",
    "### Changed",
    "### ",
    "- ",
    "word",
    "`",
    "[a](b)",
    "[",
  ];
  const more = ["](", ")", "\\", "\n", "\n", "\n\n", "\r\n", "  ", "\u0000", "é€", "#", "x".repeat(200)];
  const all = [...parts, ...more];
  let readCount = 0;
  for (let round = 0; round < 5000; round += 1) {
    const pieces = Array.from({ length: round % 24 }, () => all[Math.floor(Math.random() * all.length)]);
    const text = `${round % 2 === 0 ? "" : "## 1.0.0 (unreleased)\n"}${pieces.join("")}`;
    const said = refusalOf(text);
    if (!said.startsWith("[")) expect({ text, said }).toEqual({ text, said: expect.stringMatching(/^Line \d+ of /u) });
    else {
      readCount += 1;
      for (const { version, notes } of parseReleaseNotes(text)) {
        expect(Value.Check(Release, version)).toBe(true);
        expect(notes.every((note) => Value.Check(UpdateNote, note))).toBe(true);
      }
    }
  }
  expect(readCount).toBeGreaterThan(500);
});

test("a version has its own notes; one without a name in the list has what is not released, and never another's", () => {
  const releases = parseReleaseNotes(EXAMPLE.replace("(unreleased)\n", "(unreleased)\n- Coming.\n"));
  expect(notesOf(releases, "1.2.0")).toHaveLength(6);
  expect(notesOf(releases, "1.4.0")).toEqual([{ kind: "new", text: "Coming." }]);
  expect(notesOf(releases.slice(1), "1.4.0")).toEqual([]);
});

test("CHANGELOG.md is read without a line lost", () => {
  const releases = parseReleaseNotes(CHANGELOG);
  expect(releases.map(({ version }) => version)).toEqual(releases.map(({ version }) => version).toSorted(newestFirst));
  for (const { version } of releases)
    expect({ version, is: Value.Check(Release, version) }).toEqual({ version, is: true });
  const told = releases.flatMap(({ notes }) => notes.map(({ text }) => text));
  const lines = CHANGELOG.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines.map(withoutMarks)) {
    expect({ line, stands: told.some((text) => text.includes(line)) }).toEqual({ line, stands: true });
  }
  expect(told).toHaveLength(CHANGELOG.match(/^- |\n\n(?![-#])./gmu)?.length ?? 0);
});

const newestFirst = (one: string, other: string): number => Bun.semver.order(other, one);

const withoutMarks = (line: string): string =>
  line
    .replace(/^(?:- | {2})/u, "")
    .replaceAll(/`|\*\*/gu, "")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/gu, "$1");

test("a release names those that mended a weakness before it, for whoever passed them over", () => {
  const releases = parseReleaseNotes(
    "## 1.4.0 (unreleased)\n- A.\n## 1.3.0 (2026-11-20)\n- B.\n## 1.2.0 (2026-11-10)\n### Security\n- C.\n## 1.1.0 (2026-11-01)\n### Security\n- D.\n",
  );
  const upTo = (version: string) => securityReleasesUpTo(releases, version, Bun.semver.order);
  expect(upTo("1.4.0")).toEqual(["1.2.0", "1.1.0"]);
  expect(upTo("1.3.0")).toEqual(["1.2.0", "1.1.0"]);
  expect(upTo("1.2.0")).toEqual(["1.2.0", "1.1.0"]);
  expect(upTo("1.1.0")).toEqual(["1.1.0"]);
  expect(upTo("1.0.0")).toEqual([]);
});
