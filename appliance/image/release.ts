import { Value } from "@sinclair/typebox/value";
import { Release as ReleaseName } from "../../protocol/appliance/update-manifest.ts";
import { notesOf, parseReleaseNotes, securityReleasesUpTo } from "../../protocol/release-notes.ts";
import type { Release } from "./bundle.ts";

/**
 * What is built: the version of package.json unless another is wanted, dated by the commit. What administrators read before
 * they update is what CHANGELOG.md says of it; of a version that has no name there, what is not released yet.
 */
export async function readRelease(wanted: string | null): Promise<Release> {
  const { version: ours } = (await Bun.file("package.json").json()) as { version: string };
  const { stdout } = Bun.spawnSync(["git", "log", "-1", "--format=%ct"]);
  const sourceDate = Number(stdout.toString().trim());
  if (!(sourceDate > 0)) throw new Error("The image is dated by its commit: build it in a git working tree.");
  const version = Value.Decode(ReleaseName, wanted ?? ours);
  const releases = parseReleaseNotes(await Bun.file("CHANGELOG.md").text());
  const securityReleases = securityReleasesUpTo(releases, version, Bun.semver.order);
  return { version, sourceDate, securityReleases, notes: notesOf(releases, version) };
}
