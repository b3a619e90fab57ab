import { expect, test } from "bun:test";
import { closeSync, ftruncateSync, openSync, readdirSync, readSync, rmSync, statSync, writeSync } from "node:fs";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import { digestOf, openTransferRoom, randomContent } from "../test/transfer-room.ts";

/** Past every limit of 32 bits, and a whole number of slices and some bytes. */
const SIZE_BYTES = 10 * 2 ** 30 + 4321;
/** Where content stands in a file that is else a hole: just past 4 GiB, and the end. */
const FAR = Math.ceil(2 ** 32 / SLICE_BYTES) * SLICE_BYTES;
const LAST = SIZE_BYTES - (SIZE_BYTES % SLICE_BYTES);

test("BETTER-05 of a 10 GiB file the size, and ranges and slices past 4 GiB, come as they are; an upload takes slices there", async () => {
  await using room = await openTransferRoom();
  const { anna, base, directory } = room;
  const path = `${directory}/large`;
  const [far, last] = [randomContent(SLICE_BYTES), randomContent(SIZE_BYTES - LAST)];
  const file = openSync(path, "w");
  ftruncateSync(file, SIZE_BYTES);
  writeSync(file, far, 0, far.length, FAR);
  writeSync(file, last, 0, last.length, LAST);
  closeSync(file);

  const listed = await room.console.ask("files.list", { session: room.session, path: directory });
  expect(JSON.stringify(listed)).toContain(`"sizeBytes":${SIZE_BYTES}`);
  const { id, version, sizeBytes } = await anna.json<{ id: string; version: string; sizeBytes: number }>(
    "POST",
    `${base}/downloads`,
    { path },
  );
  expect(sizeBytes).toBe(SIZE_BYTES);
  for (const [offset, content] of [
    [FAR, far],
    [LAST, last],
  ] as const) {
    const slice = await anna.request("GET", `${base}/downloads/${id}/slices/${offset}`);
    expect(slice.headers.get("content-digest")).toBe(digestOf(content));
    expect(Buffer.from(await slice.arrayBuffer()).equals(content)).toBe(true);
  }
  const rest = await anna.request("GET", `${base}/downloads/${id}/content`, {
    headers: { range: `bytes=${LAST + 21}-`, "if-range": `"${version}"` },
  });
  expect([rest.status, rest.headers.get("content-range")]).toEqual([
    206,
    `bytes ${LAST + 21}-${SIZE_BYTES - 1}/${SIZE_BYTES}`,
  ]);
  expect(Buffer.from(await rest.arrayBuffer()).equals(last.subarray(21))).toBe(true);
  rmSync(path);

  const body = { directory, name: "up", sizeBytes: SIZE_BYTES, modifiedAt: null, conflict: "refuse" };
  const begun = await anna.json<{ id: string }>("POST", `${base}/uploads`, body);
  for (const [offset, raw] of [
    [FAR, far],
    [LAST, last],
  ] as const) {
    const headers = { "content-digest": digestOf(raw) };
    const put = await anna.request("PUT", `${base}/uploads/${begun.id}/slices/${offset}`, {
      raw: new Uint8Array(raw),
      headers,
    });
    expect(put.status).toBe(200);
  }
  const part = `${directory}/${readdirSync(directory)[0]}`;
  expect(statSync(part).size).toBe(SIZE_BYTES);
  expect(readAt(part, FAR, far.length).equals(far)).toBe(true);
  expect(readAt(part, LAST, last.length).equals(last)).toBe(true);
}, 20_000);

function readAt(path: string, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const file = openSync(path, "r");
  readSync(file, bytes, 0, length, offset);
  closeSync(file);
  return bytes;
}
