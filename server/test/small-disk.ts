import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A small disk of its own in memory. Mounting takes root, as on every machine that runs these tests. */
export function smallDisk(megabytes: number): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "causeway-small-disk-"));
  const { exitCode, stderr } = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path]);
  if (exitCode !== 0) throw new Error(`This test mounts a disk and has to run as root: ${stderr.toString()}`);
  return {
    path,
    [Symbol.dispose]: () => {
      Bun.spawnSync(["umount", "-l", path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
