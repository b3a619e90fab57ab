/** /login and /console as pages with nothing in them, for browsers that are sent there. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AssetTable } from "../../assets.ts";

/** @param directory where the one file is kept */
export function barePages(directory: string): AssetTable {
  const file = join(directory, "page.html");
  writeFileSync(file, "<!doctype html><title>page</title>");
  const page = { type: "text/html", etag: "1", isImmutable: false, encodings: { identity: file } };
  return { "/console": page, "/login": page };
}
