import { join } from "node:path";
import { fileHash } from "./file-hash.ts";

/** A line for each file, as `sha256sum --check` reads them. */
export async function checksums(folder: string, names: readonly string[]): Promise<string> {
  const hashes = await Promise.all(names.map((name) => fileHash(join(folder, name))));
  return names.map((name, index) => `${hashes[index]}  ${name}\n`).join("");
}
