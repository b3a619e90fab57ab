/**
 * What is new in each release, read from CHANGELOG.md: the server shows it, an update bundle carries it.
 *
 *     ## 1.2.0 (2026-11-21)          a release; "(unreleased)" before it has a date
 *     A sentence.                    something new, as what stands in the list
 *     - A sentence.                  something new, which may go on
 *       in the next line
 *     ### Changed, ### Security      what follows is a change, or mends a weakness; "### New" leads back
 */
import { type Static, Type } from "@sinclair/typebox";
import { MAX_NOTE_LENGTH, MAX_NOTES, Release, UpdateNote } from "./appliance/update-manifest.ts";

export const ReleaseNotes = Type.Object({
  version: Type.String(),
  /** Its day as YYYY-MM-DD; null: not released. */
  releasedOn: Type.Union([Type.String(), Type.Null()]),
  notes: Type.Array(UpdateNote),
});
export type ReleaseNotes = Static<typeof ReleaseNotes>;

// GET /api/login/release-notes: those of the program that runs and of the releases before it, newest first; whoever may see the settings
export const KnownReleases = Type.Object({
  /** The release that runs, without its build: "1.2.0". */
  version: Type.String(),
  releases: Type.Array(ReleaseNotes),
});
export type KnownReleases = Static<typeof KnownReleases>;

type Kind = Static<typeof UpdateNote>["kind"];

const sections: Readonly<Record<string, Kind>> = { New: "new", Changed: "change", Security: "security" };
const TITLE = /^# \S/u;
const HEADING = /^## (\S+) \((unreleased|\d{4}-\d{2}-\d{2})\)$/u;
const SECTION = /^### (\S+)$/u;
const BULLET = /^- (?=\S)/u;
/** Markdown that no note is made of: other headings, lists in lists, other lists, quotations, tables, blocks of code. */
const STRANGE = /^\s*(?:#|[-*+](?:\s|$)|---|>|\||```|\d+[.)]\s)/u;
/** Code; a link or strong words, which may have code in them; a character that is not meant as Markdown. */
const MARKED = /`([^`]+)`|\[([^\]]+)\]\([^)]*\)|\*\*([^*]+)\*\*|\\([^\sA-Za-z0-9])/gu;
const NOT_SHOWN =
  'it is not shown as it stands. Headings are "## 1.2.0 (2026-11-21)" and "### Changed", notes are sentences or a list of one level.';
const VERSION = new RegExp(Release.pattern!, "u");

/** A release while its lines are read. */
interface Growing extends ReleaseNotes {
  /** Of the section that is being read. */
  kind: Kind;
  /** The lines of the note that may go on; null: the next line begins another. */
  lines: string[] | null;
}

/**
 * Reads CHANGELOG.md, in the order of its releases. Each line is in a note, or is a heading; links become their words, the
 * marks of code and of strong words fall away. Pure.
 * @throws {Error} with the line's number, for what cannot be shown whole: other Markdown, a note or a list that is too long
 */
export function parseReleaseNotes(markdown: string): ReleaseNotes[] {
  const releases: Growing[] = [];
  // The empty line at the end ends the last note.
  for (const [index, line] of [...markdown.split(/\r?\n/u), ""].entries()) {
    try {
      readLine(releases, line.trimEnd());
    } catch (cause) {
      throw new Error(`Line ${index + 1} of the release notes: ${(cause as Error).message}`, { cause });
    }
  }
  return releases.map(({ version, releasedOn, notes }) => ({ version, releasedOn, notes }));
}

/**
 * The notes of one release. A version that is not in the list is built before it has a name there: what is not released yet is
 * what it brings. Where everything is released it has none, rather than those of another.
 */
export function notesOf(releases: readonly ReleaseNotes[], version: string): ReleaseNotes["notes"] {
  const found = releases.find((release) => release.version === version);
  return (found ?? releases.find(({ releasedOn }) => releasedOn === null))?.notes ?? [];
}

/** The releases no newer than this one that mended a weakness, in the order of the list. @param order as semver orders two */
export function securityReleasesUpTo(
  releases: readonly ReleaseNotes[],
  version: string,
  order: (one: string, other: string) => number,
): string[] {
  const mending = releases.filter(({ notes }) => notes.some(({ kind }) => kind === "security"));
  const older = mending.filter((release) => order(release.version, version) < 0).map((release) => release.version);
  const isOne = notesOf(releases, version).some(({ kind }) => kind === "security");
  return isOne ? [version, ...older] : older;
}

function readLine(releases: Growing[], line: string): void {
  const current = releases.at(-1);
  const heading = HEADING.exec(line);
  if (heading !== null) {
    if (current !== undefined) endNote(current);
    releases.push(begunRelease(releases, heading[1]!, heading[2]!));
  } else if (current !== undefined) readNote(current, line);
  else if (line !== "" && !TITLE.test(line)) throw new Error("it stands before the first release.");
}

function begunRelease(releases: readonly Growing[], version: string, day: string): Growing {
  if (!VERSION.test(version)) throw new Error(`"${version}" is no release.`);
  if (releases.some((release) => release.version === version)) throw new Error(`${version} is there already.`);
  const releasedOn = day === "unreleased" ? null : day;
  if (releasedOn !== null && !isDay(releasedOn)) throw new Error(`There is no day ${day}.`);
  return { version, releasedOn, notes: [], kind: "new", lines: null };
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function readNote(release: Growing, line: string): void {
  if (line === "") return endNote(release);
  const section = SECTION.exec(line)?.[1];
  if (section !== undefined) return beginSection(release, section);
  if (BULLET.test(line)) {
    endNote(release);
    release.lines = [line.slice(2)];
  } else if (STRANGE.test(line)) throw new Error(NOT_SHOWN);
  else release.lines = [...(release.lines ?? []), line.trimStart()];
}

function beginSection(release: Growing, title: string): void {
  endNote(release);
  const kind = Object.hasOwn(sections, title) ? sections[title] : undefined;
  if (kind === undefined) throw new Error(`a section is ${Object.keys(sections).join(", ")}, not ${title}.`);
  release.kind = kind;
}

function endNote(release: Growing): void {
  if (release.lines === null) return;
  const text = plainWords(release.lines.join(" "));
  release.lines = null;
  if (text.length > MAX_NOTE_LENGTH) {
    throw new Error(`the note before it has ${text.length} characters, ${MAX_NOTE_LENGTH} are shown: make two of it.`);
  }
  if (release.notes.length === MAX_NOTES) throw new Error(`${release.version} has more than ${MAX_NOTES} notes.`);
  release.notes.push({ kind: release.kind, text });
}

/** Without Markdown's marks. */
function plainWords(text: string): string {
  return text.replaceAll(MARKED, (_, code?: string, linked?: string, strong?: string, character?: string) => {
    const words = linked ?? strong;
    return words === undefined ? (code ?? character ?? "") : plainWords(words);
  });
}
