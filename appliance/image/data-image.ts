import { mkdirSync } from "node:fs";
import { chmod, chown, utimes } from "node:fs/promises";
import { DATA_FILE_SYSTEM_ID, partitionSize } from "./layout.ts";
import type { ToolSystem, WorkFolder } from "./tool-system.ts";

/** The server's account, the same number in every release: its files outlive them. */
export const CAUSEWAY_UID = 5000;

/** The data partition as it is shipped: /data/causeway is the server's, /data/appliance root's, /data/var becomes /var. */
const FOLDERS = [
  { name: "appliance", owner: 0, mode: 0o700 },
  { name: "causeway", owner: CAUSEWAY_UID, mode: 0o700 },
  { name: "var", owner: 0, mode: 0o755 },
] as const;

/** Up to here (2 TiB in blocks of 4 KiB) the file system grows into room kept for its tables; past it they go elsewhere. */
const EXPECTED_BLOCKS = 2 ** 29;

/** What mke2fs would choose for a large disk; by itself it would choose for the 128 MiB it sees. */
const INODE_RATIO = 16_384;
const JOURNAL_MIB = 32;

/** Formats the data partition. Its inode tables are written here, so that first boot writes little. */
export async function makeDataImage(tools: ToolSystem, work: WorkFolder, sourceDate: number): Promise<string> {
  for (const { name, owner, mode } of FOLDERS) {
    mkdirSync(work.path("data", name), { recursive: true });
    await chmod(work.path("data", name), mode);
    await chown(work.path("data", name), owner, owner);
    await utimes(work.path("data", name), sourceDate, sourceDate);
  }
  await utimes(work.path("data"), sourceDate, sourceDate);
  const extended = `hash_seed=${DATA_FILE_SYSTEM_ID},lazy_itable_init=0,lazy_journal_init=0,resize=${EXPECTED_BLOCKS}`;
  const sizes = ["-b", "4096", "-i", String(INODE_RATIO), "-J", `size=${JOURNAL_MIB}`, "-m", "1"];
  const options = ["-q", "-t", "ext4", ...sizes, "-L", "data", "-U", DATA_FILE_SYSTEM_ID];
  const size = `${partitionSize("data") / 1024}k`;
  const target = [work.toolPath("data.img"), size];
  await tools.run(["mke2fs", ...options, "-E", extended, "-d", work.toolPath("data"), ...target]);
  return work.path("data.img");
}
