import { expect, test } from "bun:test";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openSeparateSite } from "../test/separate-site.ts";
import { smallDisk } from "../test/small-disk.ts";
import { hashOf, putSlice } from "../test/transfer-room.ts";

/** Takes every byte that is left; removing the file gives them back. */
function fill(disk: string): string {
  const path = join(disk, "filler");
  const file = openSync(path, "w");
  try {
    for (const size of [1 << 20, 1 << 12, 1]) fillBy(file, new Uint8Array(size));
  } finally {
    closeSync(file);
  }
  return path;
}

function fillBy(file: number, bytes: Uint8Array): void {
  for (;;) {
    try {
      if (writeSync(file, bytes) < bytes.length) return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOSPC") return;
      throw error;
    }
  }
}

test("BETTER-10 with the server's disk full nothing is begun or half written, it says why, and goes on when there is room", async () => {
  using disk = smallDisk(24);
  await using site = await openSeparateSite(disk.path);
  const { anna, base, files } = site;
  const content = Buffer.from("kept whole");
  writeFileSync(`${files}/down`, content);
  const body = { directory: files, name: "up", sizeBytes: content.length, modifiedAt: null, conflict: "refuse" };
  const { id } = await anna.json<{ id: string }>("POST", `${base}/uploads`, body);
  expect((await putSlice(anna, base, id, content, 0)).status).toBe(200);

  const filler = fill(disk.path);
  const begun = await anna.request("POST", `${base}/uploads`, { body: { ...body, name: "second" } });
  expect(await refusalOf(begun)).toMatchObject({ code: "storage.full" });
  const looked = await anna.request("POST", `${base}/downloads`, { body: { path: `${files}/down` } });
  expect(await refusalOf(looked)).toMatchObject({ code: "storage.full" });
  const finished = await anna.request("POST", `${base}/uploads/${id}/finish`);
  expect(await refusalOf(finished)).toMatchObject({ code: "storage.full" });
  // The first was put in its place before the server failed to write it down; the second has left nothing.
  expect(readdirSync(files).toSorted()).toEqual(["down", "up"]);
  expect(readFileSync(`${files}/up`).equals(content)).toBe(true);

  rmSync(filler);
  const again = await anna.json<{ sha256: string }>("POST", `${base}/uploads/${id}/finish`);
  expect(again.sha256).toBe(hashOf(content));
  const down = await anna.json<{ id: string }>("POST", `${base}/downloads`, { path: `${files}/down` });
  const response = await anna.request("GET", `${base}/downloads/${down.id}/content`);
  expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
}, 60_000);

test("FILE-22 a deletion the audit log cannot take is told as done and not written down; the next one is both again", async () => {
  using disk = smallDisk(24);
  await using site = await openSeparateSite(disk.path);
  const { files, console, core, session } = site;
  for (const name of ["one", "two"]) writeFileSync(`${files}/${name}`, name);
  const filler = fill(disk.path);
  expect(await console.ask("files.delete", { session, paths: [`${files}/one`] })).toMatchObject({
    type: "error",
    message: "It was done, but the server could not write it to its audit log. Tell an administrator.",
  });
  expect(existsSync(`${files}/one`)).toBe(false);
  rmSync(filler);
  await console.ask("files.delete", { session, paths: [`${files}/two`] });
  expect(existsSync(`${files}/two`)).toBe(false);
  const events = await core.database.queries.selectFrom("audit_events").selectAll().execute();
  expect(events.filter(({ action }) => action === "files.deleted")).toHaveLength(1);
}, 60_000);

async function refusalOf(response: Response): Promise<unknown> {
  expect(response.ok).toBe(false);
  return await response.json();
}
