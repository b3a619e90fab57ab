import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import type { TestRequest } from "../test/test-browser.ts";
import {
  digestOf,
  hashOf,
  openTransferRoom,
  putSlice,
  randomContent,
  type TransferRoom,
} from "../test/transfer-room.ts";

let room: TransferRoom;
beforeAll(async () => {
  room = await openTransferRoom();
}, 30_000);
afterAll(() => room[Symbol.asyncDispose]());

interface Begun {
  id: string;
  verifiedBytes: number;
  isSkipped: boolean;
}
const folder = (): string => mkdtempSync(join(room.directory, "f-"));
const upload = (directory: string, name: string, sizeBytes: number, more: object = {}) => ({
  directory,
  name,
  sizeBytes,
  modifiedAt: null,
  conflict: "refuse",
  ...more,
});
const begin = (directory: string, name: string, sizeBytes: number, more: object = {}): Promise<Begun> =>
  room.anna.json("POST", `${room.base}/uploads`, upload(directory, name, sizeBytes, more));
const download = (path: string): Promise<{ id: string; version: string; kind: string; sizeBytes: number }> =>
  room.anna.json("POST", `${room.base}/downloads`, { path });
const content = (id: string, request: TestRequest = {}): Promise<Response> =>
  room.anna.request("GET", `${room.base}/downloads/${id}/content`, request);
const audited = async (action: string): Promise<{ outcome: string; detail: Record<string, unknown> }[]> =>
  (
    await room.anna.json<{ rows: { outcome: string; detail: Record<string, unknown> }[] }>(
      "GET",
      `/api/login/audit?action=${action}`,
    )
  ).rows;

test("FILE-17 FILE-02 an uploaded file arrives whole without any screen, is on record and in the session's log", async () => {
  const directory = folder();
  for (const size of [0, 1, SLICE_BYTES - 1, SLICE_BYTES, SLICE_BYTES + 1]) {
    const bytes = randomContent(size);
    const { id, verifiedBytes } = await begin(directory, `f${size}`, size);
    expect(verifiedBytes).toBe(0);
    for (let offset = 0; offset < size; offset += SLICE_BYTES)
      expect((await putSlice(room.anna, room.base, id, bytes, offset)).status).toBe(200);
    expect(await room.anna.json<object>("POST", `${room.base}/uploads/${id}/finish`)).toEqual({
      path: `${directory}/f${size}`,
      sha256: hashOf(bytes),
    });
    expect(readFileSync(`${directory}/f${size}`).equals(bytes)).toBe(true);
    expect((await audited("files.uploaded"))[0]).toMatchObject({
      outcome: "succeeded",
      detail: { path: `${directory}/f${size}`, sizeBytes: size, sha256: hashOf(bytes) },
    });
  }
  await room.console.socket.next("session.logged", ({ event }) =>
    event.text.startsWith("Anna Admin uploaded f1 (1 bytes)"),
  );
});

test("FILE-18 BETTER-09 a downloaded file is the file, checked against the endpoint's own hash, and on record", async () => {
  const directory = folder();
  for (const size of [0, 1, SLICE_BYTES, SLICE_BYTES + 1, 20_000_000]) {
    const bytes = randomContent(size);
    writeFileSync(`${directory}/f${size}`, bytes);
    const { id } = await download(`${directory}/f${size}`);
    const response = await content(id);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    const status = await room.anna.json<object>("GET", `${room.base}/downloads/${id}`);
    expect(status).toEqual({ state: "finished", sha256: hashOf(bytes) });
    expect((await audited("files.downloaded"))[0]).toMatchObject({ outcome: "succeeded", detail: { sizeBytes: size } });
  }
});

test("BETTER-02 a range goes on where a download stopped, and only while the file is the same", async () => {
  const bytes = randomContent(SLICE_BYTES + 5000);
  const path = `${folder()}/a`;
  writeFileSync(path, bytes);
  const { id, version } = await download(path);
  const rest = await content(id, { headers: { range: "bytes=1000-", "if-range": `"${version}"` } });
  expect([rest.status, rest.headers.get("content-range")]).toEqual([
    206,
    `bytes 1000-${bytes.length - 1}/${bytes.length}`,
  ]);
  expect(Buffer.from(await rest.arrayBuffer()).equals(bytes.subarray(1000))).toBe(true);
  const other = await content(id, { headers: { range: "bytes=1000-", "if-range": '"another"' } });
  expect([other.status, (await other.arrayBuffer()).byteLength]).toEqual([200, bytes.length]);
  expect((await content(id, { headers: { range: `bytes=${bytes.length}-` } })).status).toBe(416);
  const slice = await room.anna.request("GET", `${room.base}/downloads/${id}/slices/${SLICE_BYTES}`);
  expect(slice.headers.get("content-digest")).toBe(digestOf(bytes.subarray(SLICE_BYTES)));
  expect(Buffer.from(await slice.arrayBuffer()).equals(bytes.subarray(SLICE_BYTES))).toBe(true);
  expect(await room.anna.json<object>("GET", `${room.base}/downloads/${id}/hash`)).toEqual({ sha256: hashOf(bytes) });
});

test("a file that changed since it was looked at is refused, and one that changes while it is sent never looks whole", async () => {
  const path = `${folder()}/a`;
  writeFileSync(path, randomContent(5000));
  const first = await download(path);
  appendFileSync(path, "x");
  const changed = await content(first.id);
  expect([changed.status, ((await changed.json()) as { code: string }).code]).toEqual([409, "file.changed"]);
  truncateSync(path, 60_000_000);
  const second = await download(path);
  const response = await content(second.id);
  appendFileSync(path, "y");
  await expect(response.arrayBuffer()).rejects.toThrow();
  expect((await audited("files.downloaded"))[0]).toMatchObject({ outcome: "failed", detail: { code: "file.changed" } });
});

test("what came from an endpoint is kept as a file, whatever its name", async () => {
  const path = `${folder()}/a "q" é; x=\u0007.html`;
  writeFileSync(path, "<script>");
  const { id } = await download(path);
  const { headers } = await content(id);
  expect(headers.get("content-disposition")).toBe(
    `attachment; filename="a _q_ _; x=_.html"; filename*=UTF-8''a%20_q_%20%C3%A9%3B%20x%3D_.html`,
  );
  expect([headers.get("x-content-type-options"), headers.get("content-type")]).toEqual([
    "nosniff",
    "application/octet-stream",
  ]);
  expect(headers.get("content-security-policy")).toContain("sandbox");
});

test("FILE-24 BETTER-03 a folder comes as one zip that another program unpacks to the same", async () => {
  const directory = folder();
  mkdirSync(`${directory}/tree/empty`, { recursive: true });
  mkdirSync(`${directory}/tree/deep/er`, { recursive: true });
  writeFileSync(`${directory}/tree/deep/er/large`, randomContent(SLICE_BYTES + 12_345));
  for (let index = 0; index < 60; index += 1)
    writeFileSync(`${directory}/tree/deep/é ${index}`, randomContent(index * 100));
  symlinkSync("/etc/passwd", `${directory}/tree/link`);
  const { id, kind } = await download(`${directory}/tree`);
  expect(kind).toBe("directory");
  const response = await content(id);
  expect(response.headers.get("content-disposition")).toContain('filename="tree.zip"');
  writeFileSync(`${directory}/tree.zip`, Buffer.from(await response.arrayBuffer()));
  const unpack =
    "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])";
  const { status, stderr } = spawnSync("python3", ["-c", unpack, `${directory}/tree.zip`, `${directory}/out`]);
  expect([status, String(stderr)]).toEqual([0, ""]);
  const missing = readFileSync(`${directory}/out/tree/causeway-missing.txt`, "utf8");
  expect(missing).toContain("tree/link is a link");
  const { stdout } = spawnSync("diff", ["-r", "--no-dereference", `${directory}/tree`, `${directory}/out/tree`]);
  expect(String(stdout).trim().split("\n").toSorted()).toEqual([
    `Only in ${directory}/out/tree: causeway-missing.txt`,
    `Only in ${directory}/tree: link`,
  ]);
  expect(existsSync(`${directory}/out/tree/empty`)).toBe(true);
});

test("a folder's files can be had one by one", async () => {
  const directory = folder();
  mkdirSync(`${directory}/tree`);
  writeFileSync(`${directory}/tree/a`, "1");
  const { id } = await download(`${directory}/tree`);
  const { entries, next } = await room.anna.json<{ entries: object[]; next: null }>(
    "GET",
    `${room.base}/downloads/${id}/entries`,
  );
  expect([entries, next]).toEqual([
    [{ path: `${directory}/tree/a`, relativePath: "a", kind: "file", sizeBytes: 1 }],
    null,
  ]);
  await room.anna.json("DELETE", `${room.base}/downloads/${id}?outcome=finished`);
});

test("BETTER-09 a slice that is damaged, unannounced, too short or in the wrong place is refused", async () => {
  const bytes = randomContent(SLICE_BYTES + 10);
  const { id } = await begin(folder(), "a", bytes.length);
  const at = `${room.base}/uploads/${id}/slices`;
  const raw = bytes.slice(SLICE_BYTES);
  const digest = { "content-digest": digestOf(raw) };
  const code = async (path: string, request: TestRequest): Promise<string> =>
    (await room.anna.refusal("PUT", path, request)).code;
  expect(await code(`${at}/${SLICE_BYTES}`, { raw, headers: { "content-digest": digestOf(bytes) } })).toBe(
    "file.hash_mismatch",
  );
  expect(await code(`${at}/${SLICE_BYTES}`, { raw })).toBe("request.invalid");
  expect(await code(`${at}/${SLICE_BYTES}`, { raw: raw.slice(1), headers: digest })).toBe("request.invalid");
  for (const offset of ["1", "-1", "1e3", "x", "99999999999999"])
    expect(await code(`${at}/${offset}`, { raw, headers: digest })).toBe("request.invalid");
  expect(await code(`${room.base}/uploads/${id}/finish`, {})).toBe("not_found");
  expect((await room.anna.refusal("POST", `${room.base}/uploads/${id}/finish`)).code).toBe("request.conflict");
  expect((await putSlice(room.anna, room.base, id, bytes, SLICE_BYTES)).status).toBe(200);
  await room.anna.json("DELETE", `${room.base}/uploads/${id}?outcome=cancelled`);
});

test("BETTER-14 a cancelled upload leaves nothing at the endpoint and stands in the log", async () => {
  const directory = folder();
  const bytes = randomContent(SLICE_BYTES + 10);
  const { id } = await begin(directory, "a", bytes.length);
  await putSlice(room.anna, room.base, id, bytes, 0);
  expect(readdirSync(directory).length).toBe(1);
  await room.anna.json("DELETE", `${room.base}/uploads/${id}?outcome=cancelled`);
  expect(readdirSync(directory)).toEqual([]);
  expect((await audited("files.uploaded"))[0]).toMatchObject({ outcome: "failed", detail: { state: "cancelled" } });
});

test("BETTER-14 cancelled while a slice is under way to a slow computer, an upload leaves nothing", async () => {
  const directory = folder();
  const bytes = randomContent(SLICE_BYTES);
  const { id } = await begin(directory, "a", bytes.length);
  const requests: Promise<Response>[] = [];
  {
    using _ = room.agent.hold();
    requests.push(putSlice(room.anna, room.base, id, bytes, 0));
    await Bun.sleep(100);
    requests.push(room.anna.request("DELETE", `${room.base}/uploads/${id}?outcome=cancelled`));
    requests.push(
      room.anna.request("POST", `${room.base}/uploads`, {
        body: upload(directory, "a", bytes.length, { transfer: id }),
      }),
    );
    await Bun.sleep(100);
  }
  const [slice, cancelled, goneOn] = await Promise.all(requests);
  expect([slice?.ok, cancelled?.ok, goneOn?.ok]).toEqual([false, true, false]);
  expect(readdirSync(directory)).toEqual([]);
});

test("BETTER-14 an upload whose browser went away before it heard of its beginning leaves nothing", async () => {
  const directory = folder();
  const browser = new AbortController();
  {
    using _ = room.agent.hold();
    const headers = { origin: room.anna.url, cookie: room.anna.cookie, "content-type": "application/json" };
    const asked = fetch(`${room.anna.url}${room.base}/uploads`, {
      method: "POST",
      headers: { ...headers, "sec-fetch-site": "same-origin" },
      body: JSON.stringify(upload(directory, "gone away", 5)),
      signal: browser.signal,
      tls: { rejectUnauthorized: false },
    }).catch(() => null);
    await Bun.sleep(200);
    browser.abort();
    expect(await asked).toBeNull();
    await Bun.sleep(100);
  }
  const isGivenUp = async (): Promise<boolean> =>
    (await audited("files.uploaded"))[0]?.detail["path"] === `${directory}/gone away`;
  while (!(await isGivenUp())) await Bun.sleep(20);
  expect(readdirSync(directory)).toEqual([]);
});

test("BETTER-16 a taken name is asked about, and the answer goes with the next try", async () => {
  const directory = folder();
  writeFileSync(`${directory}/a`, "old");
  const path = `${room.base}/uploads`;
  expect(await room.anna.refusal("POST", path, { body: upload(directory, "a", 3) })).toEqual({
    status: 409,
    code: "file.exists",
  });
  expect((await begin(directory, "a", 3, { conflict: "skip" })).isSkipped).toBe(true);
  const { id } = await begin(directory, "a", 3, { conflict: "keep-both" });
  await putSlice(room.anna, room.base, id, Buffer.from("new"), 0);
  expect((await room.anna.json<{ path: string }>("POST", `${path}/${id}/finish`)).path).toBe(`${directory}/a (2)`);
});

test("BETTER-10 BETTER-12 what the endpoint refuses is told with file, reason and remedy, and is on record", async () => {
  const response = await room.anna.request("POST", `${room.base}/uploads`, { body: upload("/proc", "a", 3) });
  expect(response.ok).toBe(false);
  expect(((await response.json()) as { message: string }).message).toStartWith("/proc/a ");
  expect((await audited("files.uploaded"))[0]).toMatchObject({ outcome: "failed" });
});

test("NA10 a path that climbs is refused on every route", async () => {
  const climbing = `${room.directory}/../../etc/passwd`;
  expect((await room.anna.refusal("POST", `${room.base}/downloads`, { body: { path: climbing } })).code).toBe(
    "file.name_invalid",
  );
  for (const [directory, name] of [
    [climbing, "a"],
    [room.directory, "../a"],
    [room.directory, "a/b"],
  ] as const)
    expect((await room.anna.refusal("POST", `${room.base}/uploads`, { body: upload(directory, name, 1) })).code).toBe(
      "file.name_invalid",
    );
});

test("FILE-03 nobody, who is not in the session, and who did not begin it cannot touch a transfer", async () => {
  const path = `${folder()}/secret`;
  writeFileSync(path, "secret");
  const { id } = await download(path);
  const routes = [
    ["POST", "/downloads", { body: { path } }],
    ["GET", `/downloads/${id}`, {}],
    ["GET", `/downloads/${id}/content`, {}],
    ["GET", `/downloads/${id}/slices/0`, {}],
    ["GET", `/downloads/${id}/hash`, {}],
    ["GET", `/downloads/${id}/entries`, {}],
    ["DELETE", `/downloads/${id}?outcome=finished`, {}],
    ["POST", "/uploads", { body: upload(room.directory, "x", 1) }],
    ["PUT", `/uploads/${id}/slices/0`, { raw: "x", headers: { "content-digest": digestOf(Buffer.from("x")) } }],
    ["POST", `/uploads/${id}/finish`, {}],
    ["DELETE", `/uploads/${id}?outcome=cancelled`, {}],
  ] as const;
  const nobody = room.server.browser();
  const bea = await room.server.representative(`bea${Date.now()}`, "representative", "console");
  for (const [method, route, request] of routes) {
    expect((await nobody.refusal(method, room.base + route, request)).code).toBe("sign_in.required");
    expect((await bea.refusal(method, room.base + route, request)).code).toBe("session.not_participant");
  }
  // In the session, another's transfer is still not hers.
  const unknown = await room.anna.refusal("GET", `${room.base}/downloads/${"A".repeat(22)}/content`);
  expect(unknown.code).toBe("transfer.unknown");
  expect((await room.anna.json<{ state: string }>("GET", `${room.base}/downloads/${id}`)).state).toBe("open");
});

test("FILE-17 FILE-18 a name of any bytes travels both ways", async () => {
  const directory = folder();
  const { id } = await begin(directory, "odd\udcff", 3);
  await putSlice(room.anna, room.base, id, Buffer.from("new"), 0);
  const { path } = await room.anna.json<{ path: string }>("POST", `${room.base}/uploads/${id}/finish`);
  expect(path).toBe(`${directory}/odd\udcff`);
  const { id: back } = await download(path);
  expect(await (await content(back)).text()).toBe("new");
});

test("a slow browser holds the agent back: the server keeps next to nothing", async () => {
  const path = `${folder()}/big`;
  writeFileSync(path, "");
  truncateSync(path, 400_000_000);
  const { id } = await download(path);
  Bun.gc(true);
  const before = process.memoryUsage.rss();
  const response = await content(id);
  const reader = response.body!.getReader();
  await reader.read();
  await Bun.sleep(1000);
  // Server, test and the browser's own buffers are one process here.
  expect(process.memoryUsage.rss() - before).toBeLessThan(96 << 20);
  await reader.cancel();
}, 20_000);

test("NA18 BETTER-14 a download that was given up sends nothing any more: no content, no slice, no hash", async () => {
  writeFileSync(`${room.directory}/given-up`, "secret");
  const { anna, base, directory } = room;
  const { id } = await anna.json<{ id: string }>("POST", `${base}/downloads`, { path: `${directory}/given-up` });
  await anna.json("DELETE", `${base}/downloads/${id}?outcome=cancelled`);
  for (const path of ["content", "slices/0", "hash", "entries"]) {
    const response = await anna.request("GET", `${base}/downloads/${id}/${path}`);
    expect([response.status, await response.json()]).toEqual([
      404,
      expect.objectContaining({ code: "transfer.unknown" }),
    ]);
  }
  expect(await anna.json("GET", `${base}/downloads/${id}`)).toMatchObject({ state: "cancelled" });
});
