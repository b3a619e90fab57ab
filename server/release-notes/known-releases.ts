import { type KnownReleases, parseReleaseNotes } from "../../protocol/release-notes.ts";
import changelog from "../../CHANGELOG.md" with { type: "text" };

/**
 * What CHANGELOG.md said when the program was built, newest first: the release that runs and those before it. Of a program
 * that the list does not name nobody knows where it stands in it, so all are shown.
 * @param version the program's, such as "0.1.0+3d1d91b"
 */
export function knownReleases(version: string): KnownReleases {
  return releasesUpTo(version, changelog);
}

/** The same of any list. Pure. @param markdown as CHANGELOG.md is written */
export function releasesUpTo(version: string, markdown: string): KnownReleases {
  const [running = version] = version.split("+");
  const all = parseReleaseNotes(markdown).sort((one, other) => Bun.semver.order(other.version, one.version));
  const isListed = all.some((release) => release.version === running);
  const releases = all.filter((release) => !isListed || Bun.semver.order(release.version, running) <= 0);
  return { version: running, releases };
}
