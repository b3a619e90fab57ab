/**
 * What is new in each release, read from CHANGELOG.md: the server shows it, an update bundle carries it.
 *
 *     ## 1.2.0 (2026-11-21)          a release; "(unreleased)" before it has a date
 *     - A sentence.                  something new, which may go on
 *       in the next line
 *     ### Changed, ### Security      what follows is a change, or mends a weakness
 */
import { type Static, Type } from "@sinclair/typebox";
import { UpdateNote } from "./appliance/update-manifest.ts";

export const ReleaseNotes = Type.Object({
  version: Type.String(),
  /** Its day as YYYY-MM-DD; null: not released. */
  releasedOn: Type.Union([Type.String(), Type.Null()]),
  notes: Type.Array(UpdateNote),
});
export type ReleaseNotes = Static<typeof ReleaseNotes>;

// GET /api/login/release-notes: those of the program that runs and of the releases before it, newest first; whoever may see the settings
export const KnownReleases = Type.Object({ version: Type.String(), releases: Type.Array(ReleaseNotes) });
export type KnownReleases = Static<typeof KnownReleases>;
