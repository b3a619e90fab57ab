import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { MAX_CHANNEL_PAYLOAD_BYTES } from "../../protocol/channel.ts";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import { FilesRoom, randomContent, sha256 } from "../test/files-room.ts";
import { LoopbackChannel } from "../test/loopback-channel.ts";
import { pathBytes } from "./path-text.ts";

test("FILE-18 BETTER-09 a downloaded file is the file, whatever its size", async () => {
  await using room = new FilesRoom();
  for (const size of [0, 1, 1_048_575, 1_048_577, SLICE_BYTES - 1, SLICE_BYTES, SLICE_BYTES + 1]) {
    const content = randomContent(size);
    const path = room.path(`f${size}\udcff`);
    writeFileSync(pathBytes(path), content);
    const stat = await room.ask("download.stat", { path });
    expect([stat.kind, stat.sizeBytes, stat.name]).toEqual(["file", size, `f${size}\udcff`]);
    const { bytes, reason, largest, sha256: hash } = await room.read(path, stat.version, 0, size);
    expect([bytes.equals(content), reason]).toEqual([true, ""]);
    expect(largest).toBeLessThanOrEqual(MAX_CHANNEL_PAYLOAD_BYTES);
    expect(hash).toBe(size <= SLICE_BYTES ? sha256(content) : null);
    expect((await room.ask("download.hash", { path, version: stat.version })).sha256).toBe(sha256(content));
  }
});

test("BETTER-02 any range can be read, with its hash", async () => {
  await using room = new FilesRoom();
  const content = randomContent(SLICE_BYTES + 1000);
  writeFileSync(room.path("a"), content);
  const { version } = await room.ask("download.stat", { path: room.path("a") });
  const { bytes, sha256: hash } = await room.read(room.path("a"), version, SLICE_BYTES - 5, 17);
  expect([bytes.equals(content.subarray(SLICE_BYTES - 5, SLICE_BYTES + 12)), hash]).toEqual([true, sha256(bytes)]);
  const channel = new LoopbackChannel(1, 10);
  const outside = room.ask(
    "download.read",
    { path: room.path("a"), version, offset: content.length, length: 1 },
    { channel },
  );
  await expect(outside).rejects.toMatchObject({ code: "request.invalid" });
});

test("a file that changed before it is sent, and one that changes while it is sent, are told", async () => {
  await using room = new FilesRoom();
  const path = room.path("a");
  writeFileSync(path, randomContent(SLICE_BYTES + 1));
  const before = await room.ask("download.stat", { path });
  appendFileSync(path, "x");
  await expect(room.read(path, before.version, 0, 5)).rejects.toMatchObject({ code: "file.changed" });
  const { version, sizeBytes } = await room.ask("download.stat", { path });
  const channel = new LoopbackChannel(1, 100_000);
  const closed = Promise.withResolvers<void>();
  const close = channel.close.bind(channel);
  channel.close = (reason) => {
    close(reason);
    closed.resolve();
  };
  await room.ask("download.read", { path, version, offset: 0, length: sizeBytes }, { channel });
  channel.onWritten = (bytes) => setImmediate(() => channel.credit(bytes.length));
  appendFileSync(path, "y");
  channel.credit(1_000_000);
  await closed.promise;
  expect(channel.closedWith).toBe("file.changed");
  await expect(room.ask("download.hash", { path, version })).rejects.toMatchObject({ code: "file.changed" });
});

test("without credit nothing is sent, and a closed channel ends the reading", async () => {
  await using room = new FilesRoom();
  writeFileSync(room.path("a"), randomContent(5_000_000));
  const { version } = await room.ask("download.stat", { path: room.path("a") });
  const descriptors = readdirSync("/proc/self/fd").length;
  const channel = new LoopbackChannel(1, 300_000);
  await room.ask("download.read", { path: room.path("a"), version, offset: 0, length: 5_000_000 }, { channel });
  await Bun.sleep(50);
  expect(channel.written.reduce((sum, frame) => sum + frame.length, 0)).toBe(300_000);
  channel.close();
  await Bun.sleep(50);
  expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(descriptors);
});

test("what is no file is refused with words: devices, pipes, folders, files the system makes up", async () => {
  await using room = new FilesRoom();
  spawnSync("mkfifo", [room.path("pipe")]);
  for (const path of [room.path("pipe"), "/dev/zero", "/proc/self/maps", "/sys/kernel/notes"])
    await expect(room.ask("download.stat", { path })).rejects.toMatchObject({
      code: "file.not_regular",
      message: expect.stringContaining(path),
    });
  const channel = new LoopbackChannel(1, 10);
  const folder = room.ask("download.read", { path: room.directory, version: "x", offset: 0, length: 0 }, { channel });
  await expect(folder).rejects.toMatchObject({ code: "file.is_directory" });
});

test("hashing tells how far it is and can be stopped", async () => {
  await using room = new FilesRoom();
  writeFileSync(room.path("a"), randomContent(20_000_000));
  const { version } = await room.ask("download.stat", { path: room.path("a") });
  const controller = new AbortController();
  const onProgress = (): void => controller.abort();
  const stopped = room.ask(
    "download.hash",
    { path: room.path("a"), version },
    { signal: controller.signal, onProgress },
  );
  await expect(stopped).rejects.toMatchObject({ code: "transfer.cancelled" });
});

test("FILE-24 BETTER-03 a folder is walked whole, in pages, links named and not followed", async () => {
  await using room = new FilesRoom();
  for (let folder = 0; folder < 12; folder += 1) {
    mkdirSync(room.path(`tree/d${folder}/empty`), { recursive: true });
    for (let file = 0; file < 100; file += 1) writeFileSync(room.path(`tree/d${folder}/f${file}`), "x");
  }
  symlinkSync("/etc", room.path("tree/etc"));
  writeFileSync(pathBytes(room.path("tree/\udcf0")), "");
  const first = await room.ask("download.walk", { path: room.path("tree") });
  expect(first.entries.length).toBe(1000);
  const again = await room.ask("download.walk", { path: room.path("tree"), cursor: first.next! });
  // The answer was lost: the same page can be had again.
  expect(await room.ask("download.walk", { path: room.path("tree"), cursor: first.next! })).toEqual(again);
  const entries = [...first.entries, ...again.entries];
  const count = (kind: string): number => entries.filter((entry) => entry.kind === kind).length;
  expect([count("file"), count("directory"), count("skipped"), again.next]).toEqual([1201, 24, 1, null]);
  expect(entries.find(({ kind }) => kind === "skipped")!.message).toContain("tree/etc is a link");
  await expect(room.ask("download.walk", { path: room.path("tree"), cursor: "none.1" })).rejects.toMatchObject({
    code: "file.changed",
  });
});
