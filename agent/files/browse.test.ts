import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { FilesRoom } from "../test/files-room.ts";
import { MAX_PAGE_BYTES } from "./list.ts";
import { pathBytes } from "./path-text.ts";
import { parseMounts, realMounts } from "./volumes.ts";

test("FILE-08 volumes and shortcuts are there, with sizes", async () => {
  await using room = new FilesRoom();
  const { volumes, shortcuts } = await room.ask("files.volumes", {});
  expect(volumes[0]).toMatchObject({ path: "/", label: "System" });
  expect(volumes[0]!.totalBytes).toBeGreaterThan(volumes[0]!.freeBytes);
  expect(shortcuts.map(({ label }) => label)).toContain("Home");
});

test("FILE-08 the mount table: real disks once each, odd names unescaped, the system's own left out", () => {
  const table = Buffer.from(
    [
      "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
      "23 22 0:20 / /proc rw - proc proc rw",
      "24 22 8:17 / /media/ada/My\\040Stick ro,nosuid - vfat /dev/sdb1 ro",
      "25 22 8:17 / /media/again rw - vfat /dev/sdb1 rw",
      "26 22 0:44 / /run/user/1000 rw - tmpfs tmpfs rw",
      "27 22 0:50 / /mnt/share rw - cifs //fs02/ada rw",
      "28 22 7:1 / /snap/core/1 ro - squashfs /dev/loop1 ro",
      "29 22 8:2 / /boot/efi rw - vfat /dev/sda2 rw",
      "not a line",
    ].join("\n"),
  );
  const mounts = realMounts(parseMounts(table));
  expect(mounts.map(({ path }) => path.toString())).toEqual(["/", "/media/ada/My Stick", "/mnt/share"]);
  expect(mounts[1]!.isReadOnly).toBe(true);
});

test("FILE-11 FILE-15 a folder shows names, kinds, sizes, times, hidden and read-only files, and where links lead", async () => {
  await using room = new FilesRoom();
  mkdirSync(room.path("folder"));
  writeFileSync(room.path("a.txt"), "hello");
  writeFileSync(room.path(".hidden"), "");
  chmodSync(room.path(".hidden"), 0o444);
  utimesSync(room.path("a.txt"), 1e9, 1e9);
  symlinkSync("folder", room.path("to-folder"));
  symlinkSync("nowhere", room.path("to-nothing"));
  spawnSync("mkfifo", [room.path("pipe")]);
  const { entries, parent, path, next } = await room.ask("files.list", { path: `${room.directory}/` });
  expect([path, next]).toEqual([room.directory, null]);
  expect(parent).toBe(room.directory.slice(0, room.directory.lastIndexOf("/")));
  const byName = Object.fromEntries(entries.map((entry) => [entry.name, entry]));
  expect(byName["a.txt"]).toEqual({
    name: "a.txt",
    kind: "file",
    sizeBytes: 5,
    modifiedAt: "2001-09-09T01:46:40.000Z",
    isHidden: false,
    isReadOnly: false,
  });
  expect(byName[".hidden"]).toMatchObject({ isHidden: true, isReadOnly: true });
  expect(byName["to-folder"]).toMatchObject({ kind: "link", target: "directory" });
  expect(byName["to-nothing"]).toMatchObject({ kind: "link", target: "broken" });
  expect([byName["folder"]!.kind, byName["pipe"]!.kind]).toEqual(["directory", "other"]);
});

test("a link to a folder, opened, shows the place it leads to; the root has no parent", async () => {
  await using room = new FilesRoom();
  mkdirSync(room.path("real"));
  symlinkSync("real", room.path("link"));
  expect((await room.ask("files.list", { path: room.path("link") })).path).toBe(room.path("real"));
  expect((await room.ask("files.list", { path: "/" })).parent).toBeNull();
});

test("FILE-14 a large folder comes in pages of which none is lost, repeated or too long for a frame", async () => {
  await using room = new FilesRoom();
  const long = "\udcff".repeat(250);
  for (let index = 0; index < 2500; index += 1) writeFileSync(pathBytes(room.path(`${index}${long}`)), "");
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await room.ask("files.list", { path: room.directory, ...(cursor === undefined ? {} : { cursor }) });
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(2 * MAX_PAGE_BYTES - 100_000);
    names.push(...page.entries.map(({ name }) => name));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect([names.length, new Set(names).size]).toEqual([2500, 2500]);
});

test("a cursor nobody gave is refused, and what is no folder says so", async () => {
  await using room = new FilesRoom();
  writeFileSync(room.path("file"), "");
  for (const cursor of ["x", "x.1", "..", ""])
    await expect(room.ask("files.list", { path: "/", cursor })).rejects.toMatchObject({ code: "file.changed" });
  await expect(room.ask("files.list", { path: room.path("file") })).rejects.toMatchObject({
    code: "file.not_directory",
  });
  await expect(room.ask("files.list", { path: room.path("none") })).rejects.toMatchObject({ code: "file.not_found" });
});

test("NA10 every tool that takes a path refuses one that climbs", async () => {
  await using room = new FilesRoom();
  const path = `${room.directory}/../../etc/passwd`;
  const refused = { code: "file.name_invalid" };
  await expect(room.ask("files.list", { path })).rejects.toMatchObject(refused);
  await expect(room.ask("files.make-directory", { directory: path, name: "x" })).rejects.toMatchObject(refused);
  await expect(room.ask("files.make-directory", { directory: room.directory, name: "../x" })).rejects.toMatchObject(
    refused,
  );
  await expect(room.ask("files.rename", { path, name: "x" })).rejects.toMatchObject(refused);
  await expect(room.ask("files.rename", { path: room.path("a"), name: "../x" })).rejects.toMatchObject(refused);
  await expect(room.ask("files.delete", { paths: [path] })).rejects.toMatchObject(refused);
  await expect(
    room.ask("files.copy", { paths: ["/etc/passwd"], directory: path, conflict: "refuse" }),
  ).rejects.toMatchObject(refused);
  await expect(room.ask("download.stat", { path })).rejects.toMatchObject(refused);
  await expect(room.begin(room.directory, "../x", Buffer.from(""))).rejects.toMatchObject(refused);
});
