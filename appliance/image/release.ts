import { Value } from "@sinclair/typebox/value";
import { Release as ReleaseName, UpdateNote } from "../../protocol/appliance/update-manifest.ts";
import { Type } from "@sinclair/typebox";
import type { Release } from "./bundle.ts";

/**
 * What is built: the version of package.json unless another is wanted, dated by the commit.
 * @param notesFile JSON: a list of {kind, text} that administrators read before they update, or null
 */
export async function readRelease(version: string | null, notesFile: string | null): Promise<Release> {
  const { version: ours } = (await Bun.file("package.json").json()) as { version: string };
  const { stdout } = Bun.spawnSync(["git", "log", "-1", "--format=%ct"]);
  const sourceDate = Number(stdout.toString().trim());
  if (!(sourceDate > 0)) throw new Error("The image is dated by its commit: build it in a git working tree.");
  const notes = notesFile === null ? [] : await Bun.file(notesFile).json();
  return {
    version: Value.Decode(ReleaseName, version ?? ours),
    sourceDate,
    notes: Value.Decode(Type.Array(UpdateNote), notes),
  };
}
