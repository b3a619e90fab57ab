import { expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { AppError } from "../../protocol/errors.ts";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import { FilesRoom, randomContent, sha256 } from "../test/files-room.ts";
import { LoopbackChannel } from "../test/loopback-channel.ts";
import type { SupportSessionId } from "../../protocol/ids.ts";
import { createFilesTool } from "./files-tool.ts";
import { makeId } from "../test/test-site.ts";

const refusal = async (work: Promise<unknown>): Promise<AppError> => {
  const error = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (error instanceof AppError) return error;
  throw new Error(`expected a refusal, got ${String(error)}`);
};
const partsIn = (directory: string): string[] => readdirSync(directory).filter((name) => name.includes(".part"));

test("FILE-17 BETTER-09 an uploaded file arrives whole, whatever its size", async () => {
  await using room = new FilesRoom();
  for (const size of [0, 1, 1_048_575, 1_048_577, SLICE_BYTES - 1, SLICE_BYTES, SLICE_BYTES + 1, 2 * SLICE_BYTES]) {
    const content = randomContent(size);
    const { path, sha256: hash } = await room.upload(room.directory, `f${size}`, content);
    expect(hash).toBe(sha256(content));
    expect(readFileSync(path).equals(content)).toBe(true);
  }
  expect(partsIn(room.directory)).toEqual([]);
});

test("an upload keeps its time and gets the mode the umask leaves; unfinished it is nobody else's to read", async () => {
  await using room = new FilesRoom();
  const content = randomContent(10);
  const { transfer } = await room.begin(room.directory, "a.txt", content, { modifiedAt: "2020-02-03T04:05:06.000Z" });
  expect(statSync(room.path(`.causeway-${transfer}.part`)).mode & 0o777).toBe(0o600);
  await room.slice(transfer, content, 0);
  expect(existsSync(room.path("a.txt"))).toBe(false);
  await room.ask("upload.finish", { transfer });
  const stats = statSync(room.path("a.txt"));
  expect(stats.mode & 0o777).toBe(0o666 & ~process.umask());
  expect(stats.mtime.toISOString()).toBe("2020-02-03T04:05:06.000Z");
});

test("BETTER-09 a damaged slice is not taken, and the same slice sent again is", async () => {
  await using room = new FilesRoom();
  const content = randomContent(SLICE_BYTES + 5);
  const { transfer } = await room.begin(room.directory, "a", content);
  expect((await refusal(room.slice(transfer, content, 0, sha256("another")))).code).toBe("file.hash_mismatch");
  expect((await refusal(room.ask("upload.finish", { transfer }))).code).toBe("request.conflict");
  expect(await room.slice(transfer, content, 0)).toBe(SLICE_BYTES);
  expect(await room.slice(transfer, content, SLICE_BYTES)).toBe(content.length);
  expect((await room.ask("upload.finish", { transfer })).sha256).toBe(sha256(content));
});

test("slices may come in any order and at once; one sent twice counts once", async () => {
  await using room = new FilesRoom();
  const content = randomContent(3 * SLICE_BYTES + 7);
  const { transfer } = await room.begin(room.directory, "a", content);
  expect(await room.slice(transfer, content, 2 * SLICE_BYTES)).toBe(0);
  await Promise.all([3, 1, 0, 2].map((index) => room.slice(transfer, content, index * SLICE_BYTES)));
  expect((await room.ask("upload.finish", { transfer })).sha256).toBe(sha256(content));
});

test("a slice cut in the wrong place, too long or of an unknown upload is refused", async () => {
  await using room = new FilesRoom();
  const content = randomContent(SLICE_BYTES + 5);
  const { transfer } = await room.begin(room.directory, "a", content);
  const send = (offset: number, length: number, id = transfer, sent = length): Promise<unknown> => {
    const channel = new LoopbackChannel(1, 0);
    const answer = room.ask("upload.slice", { transfer: id, offset, length, sha256: sha256("") }, { channel });
    channel.onData(new Uint8Array(sent));
    return answer;
  };
  expect((await refusal(send(1, SLICE_BYTES))).code).toBe("request.invalid");
  expect((await refusal(send(0, 100))).code).toBe("request.invalid");
  expect((await refusal(send(2 * SLICE_BYTES, 5))).code).toBe("request.invalid");
  expect((await refusal(send(SLICE_BYTES, 5, transfer, 6))).code).toBe("request.invalid");
  expect((await refusal(send(0, 5, makeId()))).code).toBe("transfer.unknown");
});

test("BETTER-02 an upload whose connection breaks goes on at the slice it broke in", async () => {
  await using room = new FilesRoom();
  const content = randomContent(2 * SLICE_BYTES);
  const { transfer, params } = await room.begin(room.directory, "a", content);
  await room.slice(transfer, content, 0);
  const channel = new LoopbackChannel(1, 0);
  const slice = { transfer, offset: SLICE_BYTES, length: SLICE_BYTES, sha256: sha256(content.subarray(SLICE_BYTES)) };
  const broken = refusal(room.ask("upload.slice", slice, { channel }));
  channel.onData(content.subarray(SLICE_BYTES, SLICE_BYTES + 100_000));
  channel.close();
  expect((await broken).code).toBe("channel.lost");
  expect((await room.ask("upload.begin", params)).verifiedBytes).toBe(SLICE_BYTES);
  await room.slice(transfer, content, SLICE_BYTES);
  expect((await room.ask("upload.finish", { transfer })).sha256).toBe(sha256(content));
});

test("BETTER-02 after kill -9 of the agent an upload goes on where its bytes are proved", async () => {
  await using room = new FilesRoom();
  const content = randomContent(3 * SLICE_BYTES + 9);
  const { transfer, params } = await room.begin(room.directory, "a", content);
  await room.slice(transfer, content, 0);
  await room.slice(transfer, content, SLICE_BYTES);
  await room.slice(transfer, content, 3 * SLICE_BYTES);
  room.restart();
  expect((await refusal(room.slice(transfer, content, 2 * SLICE_BYTES))).code).toBe("transfer.unknown");
  expect((await room.ask("upload.begin", params)).verifiedBytes).toBe(2 * SLICE_BYTES);
  await room.slice(transfer, content, 2 * SLICE_BYTES);
  await room.slice(transfer, content, 3 * SLICE_BYTES);
  expect((await room.ask("upload.finish", { transfer })).sha256).toBe(sha256(content));
  expect(readFileSync(room.path("a")).equals(content)).toBe(true);
});

test("what a power cut took from the disk is asked for again", async () => {
  await using room = new FilesRoom();
  const content = randomContent(2 * SLICE_BYTES);
  const { transfer, params } = await room.begin(room.directory, "a", content);
  await room.slice(transfer, content, 0);
  await room.slice(transfer, content, SLICE_BYTES);
  const part = room.path(`.causeway-${transfer}.part`);
  const damaged = readFileSync(part);
  damaged[SLICE_BYTES + 3]! ^= 1;
  writeFileSync(part, damaged);
  room.restart();
  expect((await room.ask("upload.begin", params)).verifiedBytes).toBe(SLICE_BYTES);
});

test("a part file that was swapped meanwhile is not gone on with", async () => {
  await using room = new FilesRoom();
  const content = randomContent(SLICE_BYTES + 1);
  const { transfer, params } = await room.begin(room.directory, "a", content);
  await room.slice(transfer, content, 0);
  const part = room.path(`.causeway-${transfer}.part`);
  room.restart();
  renameSync(part, `${part}.away`);
  symlinkSync("/etc/passwd", part);
  expect((await refusal(room.ask("upload.begin", params))).code).toBe("file.exists");
  expect(readFileSync("/etc/passwd", "utf8")).toContain("root");
});

test("finishing twice says the same; also after the agent was killed before it could answer", async () => {
  await using room = new FilesRoom();
  const content = randomContent(50);
  const { transfer, params } = await room.begin(room.directory, "a", content);
  await room.slice(transfer, content, 0);
  const both = await Promise.all([room.ask("upload.finish", { transfer }), room.ask("upload.finish", { transfer })]);
  room.restart();
  expect((await room.ask("upload.begin", params)).verifiedBytes).toBe(50);
  expect([...both, await room.ask("upload.finish", { transfer })]).toEqual([both[0]!, both[0]!, both[0]!]);
});

test("a kill between the rename and the word of it loses nothing", async () => {
  await using room = new FilesRoom();
  const content = randomContent(50);
  const { transfer, params } = await room.begin(room.directory, "a", content);
  await room.slice(transfer, content, 0);
  const journal = `${room.stateDirectory}/uploads/${transfer}.json`;
  const record = JSON.parse(readFileSync(journal, "utf8")) as object;
  writeFileSync(journal, JSON.stringify({ ...record, sha256: sha256(content) }));
  renameSync(room.path(`.causeway-${transfer}.part`), room.path("a"));
  room.restart();
  expect((await room.ask("upload.begin", params)).verifiedBytes).toBe(50);
  expect(await room.ask("upload.finish", { transfer })).toEqual({ path: room.path("a"), sha256: sha256(content) });
});

test("BETTER-14 a cancelled upload leaves nothing, and cancelling twice is fine", async () => {
  await using room = new FilesRoom();
  const content = randomContent(SLICE_BYTES + 1);
  const { transfer } = await room.begin(room.directory, "a", content);
  await room.slice(transfer, content, 0);
  await room.ask("upload.discard", { transfer });
  await room.ask("upload.discard", { transfer });
  expect(readdirSync(room.directory)).toEqual([]);
  expect(readdirSync(`${room.stateDirectory}/uploads`)).toEqual([]);
});

test("BETTER-14 cancelled while parts are under way, it leaves nothing either", async () => {
  await using room = new FilesRoom();
  const content = randomContent(2 * SLICE_BYTES);
  const { transfer } = await room.begin(room.directory, "a", content);
  const half = new LoopbackChannel(1, 0);
  const hash = sha256(content.subarray(0, SLICE_BYTES));
  const params = { transfer, offset: 0, length: SLICE_BYTES, sha256: hash };
  const cut = refusal(room.ask("upload.slice", params, { channel: half }));
  half.onData(content.subarray(0, 100_000));
  while (half.consumedBytes === 0) await Bun.sleep(1);
  const whole = refusal(room.slice(transfer, content, SLICE_BYTES));
  await Promise.all([room.ask("upload.discard", { transfer }), room.ask("upload.discard", { transfer })]);
  expect([(await cut).code, (await whole).code]).toEqual(["transfer.cancelled", "transfer.cancelled"]);
  expect((await refusal(room.slice(transfer, content, 0))).code).toBe("transfer.cancelled");
  expect(readdirSync(room.directory)).toEqual([]);
  expect(readdirSync(`${room.stateDirectory}/uploads`)).toEqual([]);
});

test("BETTER-14 cancelled before it has begun, an upload is not begun any more", async () => {
  await using room = new FilesRoom();
  const content = randomContent(5);
  const transfer = makeId();
  const beginning = refusal(room.begin(room.directory, "a", content, { transfer }));
  await room.ask("upload.discard", { transfer });
  expect((await beginning).code).toBe("transfer.cancelled");
  expect((await refusal(room.begin(room.directory, "a", content, { transfer }))).code).toBe("transfer.cancelled");
  const late = refusal(room.begin(room.directory, "b", content));
  await room.tool.end?.();
  expect((await late).code).toBe("transfer.cancelled");
  expect(readdirSync(room.directory)).toEqual([]);
  expect(readdirSync(`${room.stateDirectory}/uploads`)).toEqual([]);
});

test("the end of the session clears unfinished uploads away, also those from before a restart", async () => {
  await using room = new FilesRoom();
  await room.begin(room.directory, "a", randomContent(5));
  room.restart();
  await room.begin(room.directory, "b", randomContent(5));
  await room.tool.end?.();
  expect(readdirSync(room.directory)).toEqual([]);
});

test("BETTER-16 a taken name: refuse asks, skip leaves, keep both numbers, overwrite replaces and keeps the mode", async () => {
  await using room = new FilesRoom();
  writeFileSync(room.path("a.txt"), "old");
  chmodSync(room.path("a.txt"), 0o640);
  expect((await refusal(room.begin(room.directory, "a.txt", Buffer.from("new")))).code).toBe("file.exists");
  expect((await room.begin(room.directory, "a.txt", Buffer.from("new"), { conflict: "skip" })).isSkipped).toBe(true);
  const beside = await room.upload(room.directory, "a.txt", Buffer.from("new"), { conflict: "keep-both" });
  expect(beside.path).toBe(room.path("a (2).txt"));
  expect(readFileSync(room.path("a.txt"), "utf8")).toBe("old");
  await room.upload(room.directory, "a.txt", Buffer.from("newer"), { conflict: "overwrite" });
  expect(readFileSync(room.path("a.txt"), "utf8")).toBe("newer");
  expect(statSync(room.path("a.txt")).mode & 0o777).toBe(0o640);
  mkdirSync(room.path("d"));
  const onFolder = room.begin(room.directory, "d", Buffer.from("x"), { conflict: "overwrite" });
  expect((await refusal(onFolder)).code).toBe("file.is_directory");
});

test("a name taken while the upload ran is not overwritten; the answer may be given then", async () => {
  await using room = new FilesRoom();
  const content = Buffer.from("mine");
  const { transfer, params } = await room.begin(room.directory, "a", content);
  await room.slice(transfer, content, 0);
  writeFileSync(room.path("a"), "theirs");
  expect((await refusal(room.ask("upload.finish", { transfer }))).code).toBe("file.exists");
  expect(readFileSync(room.path("a"), "utf8")).toBe("theirs");
  await room.ask("upload.begin", { ...params, conflict: "keep-both" });
  expect((await room.ask("upload.finish", { transfer })).path).toBe(room.path("a (2)"));
});

test("two uploads to one path at once: the second is refused or kept beside, never mixed", async () => {
  await using room = new FilesRoom();
  const [one, two] = [randomContent(900), randomContent(900)];
  const first = await room.begin(room.directory, "a", one, { conflict: "overwrite" });
  const refused = await refusal(room.begin(room.directory, "a", two, { conflict: "overwrite" }));
  expect(refused.code).toBe("file.in_use");
  const beside = await room.upload(room.directory, "a", two, { conflict: "keep-both" });
  await room.slice(first.transfer, one, 0);
  const { path } = await room.ask("upload.finish", { transfer: first.transfer });
  const [a, b] = [readFileSync(path), readFileSync(beside.path)];
  expect([a.equals(one), b.equals(two)]).toEqual(path === beside.path ? [true, false] : [true, true]);
  await room.upload(room.directory, "a", two, { conflict: "overwrite" });
});

test("an abandoned upload is cleared away after a day; one that is open is not, whatever the clock says", async () => {
  await using room = new FilesRoom();
  const { transfer } = await room.begin(room.directory, "old", randomContent(5));
  const past = new Date(Date.now() - 25 * 3_600_000);
  utimesSync(`${room.stateDirectory}/uploads/${transfer}.json`, past, past);
  // Another session of this agent clears away: the clock says a day has gone by, but the part is open.
  const { stateDirectory } = room;
  createFilesTool({ session: makeId() as SupportSessionId, stateDirectory, emit: () => undefined })[Symbol.dispose]();
  await Bun.sleep(100);
  expect(partsIn(room.directory).length).toBe(1);
  room.restart();
  await Bun.sleep(100);
  room.restart();
  await Bun.sleep(100);
  expect([partsIn(room.directory), readdirSync(`${stateDirectory}/uploads`)]).toEqual([[], []]);
});

test("BETTER-12 a read-only disk refuses at once and says so", async () => {
  await using room = new FilesRoom();
  const path = room.mount("readonly", "size=1m,ro");
  const error = await refusal(room.begin(path, "a", Buffer.from("x")));
  expect([error.code, error.message.includes("read-only")]).toEqual(["file.read_only", true]);
});

test("a full disk: known beforehand it is said beforehand; met on the way it is said plainly and nothing is left", async () => {
  await using room = new FilesRoom();
  const path = room.mount("small", "size=1m");
  const known = await refusal(room.begin(path, "big", randomContent(2_000_000)));
  expect([known.code, known.message.includes("Free some space")]).toEqual(["file.no_space", true]);
  const content = randomContent(900_000);
  const { transfer } = await room.begin(path, "a", content);
  writeFileSync(`${path}/filler`, randomContent(700_000));
  const met = await refusal(room.slice(transfer, content, 0));
  expect([met.code, met.message]).toEqual([
    "file.no_space",
    expect.stringContaining("/a does not fit: the remote disk is full"),
  ]);
  writeFileSync(`${path}/filler`, "");
  await room.slice(transfer, content, 0);
  expect((await room.ask("upload.finish", { transfer })).sha256).toBe(sha256(content));
});

test("NA31 an upload into a folder that is a link somewhere else is refused", async () => {
  await using room = new FilesRoom();
  mkdirSync(room.path("real"));
  symlinkSync(room.path("real"), room.path("link"));
  const error = await refusal(room.begin(room.path("link"), "a", Buffer.from("x")));
  expect([error.code, error.message.includes(room.path("real"))]).toEqual(["file.link_refused", true]);
  expect(readdirSync(room.path("real"))).toEqual([]);
});

test("NA31 a folder swapped for a link during the upload moves nothing out of it", async () => {
  await using room = new FilesRoom();
  mkdirSync(room.path("desktop"));
  mkdirSync(room.path("victim"));
  const content = Buffer.from("mine");
  const { transfer } = await room.begin(room.path("desktop"), "a", content);
  renameSync(room.path("desktop"), room.path("moved"));
  symlinkSync(room.path("victim"), room.path("desktop"));
  await room.slice(transfer, content, 0);
  await room.ask("upload.finish", { transfer });
  expect(readdirSync(room.path("victim"))).toEqual([]);
  expect(readdirSync(room.path("moved"))).toEqual(["a"]);
});

test("NA31 a link under the final name is replaced, not written through", async () => {
  await using room = new FilesRoom();
  writeFileSync(room.path("secret"), "untouched");
  symlinkSync(room.path("secret"), room.path("a"));
  await room.upload(room.directory, "a", Buffer.from("new"), { conflict: "overwrite" });
  expect([readFileSync(room.path("secret"), "utf8"), readFileSync(room.path("a"), "utf8")]).toEqual([
    "untouched",
    "new",
  ]);
});

test("FILE-17 a name of any bytes is uploaded under exactly these bytes", async () => {
  await using room = new FilesRoom();
  for (const name of ["a\udcffb", "q\nr", "-rf ~", "'\"`$(id)", "é".repeat(127), "🌊 .", "\u202egnp.exe"]) {
    const { path } = await room.upload(room.directory, name, Buffer.from("x"));
    expect(path).toBe(room.path(name));
    expect((await room.ask("files.list", { path: room.directory })).entries.map((entry) => entry.name)).toContain(name);
  }
});
