import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { FilesRoom, randomContent } from "../test/files-room.ts";
import { pathBytes } from "./path-text.ts";
import { numberedName, renameWithoutReplacing } from "./put-in-place.ts";

test("FILE-16 a folder is made; a second of that name is refused unless one may be there", async () => {
  await using room = new FilesRoom();
  const params = { directory: room.directory, name: "new" };
  expect(await room.ask("files.make-directory", params)).toEqual({ path: room.path("new") });
  await expect(room.ask("files.make-directory", params)).rejects.toMatchObject({ code: "file.exists" });
  expect(await room.ask("files.make-directory", { ...params, mayExist: true })).toEqual({ path: room.path("new") });
  writeFileSync(room.path("file"), "");
  const onFile = room.ask("files.make-directory", { directory: room.directory, name: "file", mayExist: true });
  await expect(onFile).rejects.toMatchObject({ code: "file.exists" });
});

test("FILE-01 FILE-24 files, folders and links of any bytes are renamed, never over something else", async () => {
  await using room = new FilesRoom();
  writeFileSync(pathBytes(room.path("odd\udcff")), "1");
  expect(await room.ask("files.rename", { path: room.path("odd\udcff"), name: "even" })).toEqual({
    path: room.path("even"),
  });
  mkdirSync(room.path("folder"));
  writeFileSync(room.path("folder/inside"), "2");
  await room.ask("files.rename", { path: room.path("folder"), name: "folder 2" });
  symlinkSync("even", room.path("link"));
  await room.ask("files.rename", { path: room.path("link"), name: "link 2" });
  expect(readlinkSync(room.path("link 2"))).toBe("even");
  for (const name of ["even", "link 2", "folder 2"]) {
    writeFileSync(room.path("x"), "3");
    await expect(room.ask("files.rename", { path: room.path("x"), name })).rejects.toMatchObject({
      code: "file.exists",
    });
  }
  await expect(room.ask("files.rename", { path: room.path("folder 2"), name: "even" })).rejects.toMatchObject({
    code: "file.exists",
  });
  expect(readFileSync(room.path("even"), "utf8") + readFileSync(room.path("folder 2/inside"), "utf8")).toBe("12");
  await expect(room.ask("files.rename", { path: room.path("gone"), name: "y" })).rejects.toMatchObject({
    code: "file.not_found",
  });
});

test("many renames onto one name at once: exactly one wins and nothing is lost", async () => {
  await using room = new FilesRoom();
  for (let index = 0; index < 40; index += 1) writeFileSync(room.path(`f${index}`), `${index}`);
  const target = Buffer.from(room.path("target"));
  const results = await Promise.allSettled(
    Array.from({ length: 40 }, (_, index) => renameWithoutReplacing(Buffer.from(room.path(`f${index}`)), target)),
  );
  expect(results.filter(({ status }) => status === "fulfilled").length).toBe(1);
  expect(readdirSync(room.directory).length).toBe(40);
});

test("a numbered name keeps its ending and fits", () => {
  const name = (text: string, number: number): string => numberedName(Buffer.from(text), number).toString();
  expect([name("a.txt", 2), name("a", 3), name(".bashrc", 2), name("a.tar.gz", 2)]).toEqual([
    "a (2).txt",
    "a (3)",
    ".bashrc (2)",
    "a.tar (2).gz",
  ]);
  const long = numberedName(Buffer.from(`${"é".repeat(125)}.txt`), 2);
  expect(long.length).toBeLessThanOrEqual(255);
  expect(long.toString()).toEndWith("é (2).txt");
});

test("FILE-22 FILE-24 folders are deleted with all in them; links are deleted, not followed", async () => {
  await using room = new FilesRoom();
  mkdirSync(room.path("tree/deep/er"), { recursive: true });
  mkdirSync(room.path("outside"));
  writeFileSync(room.path("outside/keep"), "1");
  writeFileSync(pathBytes(room.path("tree/deep/\udcfe")), "");
  symlinkSync("../outside", room.path("tree/out"));
  symlinkSync("/etc", room.path("tree/deep/etc"));
  const { succeeded, failed, wasCancelled } = await room.ask("files.delete", { paths: [room.path("tree")] });
  expect([succeeded, failed, wasCancelled]).toEqual([6, 0, false]);
  expect([existsSync(room.path("tree")), readFileSync(room.path("outside/keep"), "utf8")]).toEqual([false, "1"]);
});

test("NA31 a path that goes through a link deletes nothing", async () => {
  await using room = new FilesRoom();
  mkdirSync(room.path("real"));
  writeFileSync(room.path("real/keep"), "1");
  symlinkSync("real", room.path("link"));
  const { failures } = await room.ask("files.delete", { paths: [room.path("link/keep")] });
  expect(failures[0]).toMatchObject({ code: "file.link_refused" });
  expect(existsSync(room.path("real/keep"))).toBe(true);
});

test("NA31 folders swapped for links while a tree is deleted lead nowhere", async () => {
  await using room = new FilesRoom();
  mkdirSync(room.path("victim"));
  for (let index = 0; index < 50; index += 1) writeFileSync(room.path(`victim/v${index}`), "");
  for (let index = 0; index < 60; index += 1) {
    mkdirSync(room.path(`tree/d${index}`), { recursive: true });
    for (let file = 0; file < 20; file += 1) writeFileSync(room.path(`tree/d${index}/f${file}`), "");
  }
  let swaps = 0;
  const onProgress = (): void => {
    const from = room.path(`tree/d${swaps}`);
    swaps += 1;
    if (!existsSync(from)) return;
    renameSync(from, room.path(`moved${swaps}`));
    symlinkSync(room.path("victim"), from);
  };
  await room.ask("files.delete", { paths: [room.path("tree")] }, { onProgress });
  expect(swaps).toBeGreaterThan(10);
  expect(readdirSync(room.path("victim")).length).toBe(50);
});

test("BETTER-12 what cannot be deleted is named with its reason, and the rest goes", async () => {
  await using room = new FilesRoom();
  mkdirSync(room.path("tree"));
  const disk = room.mount("tree/disk", "size=1m");
  writeFileSync(`${disk}/keep`, "");
  writeFileSync(room.path("tree/file"), "");
  const outcome = await room.ask("files.delete", { paths: [room.path("tree"), room.path("none")] });
  expect([outcome.succeeded, outcome.failed]).toEqual([1, 2]);
  expect(outcome.failures.map(({ code }) => code)).toEqual(["file.in_use", "file.not_found"]);
  expect(outcome.failures[0]!.message).toContain("another disk");
  expect(existsSync(`${disk}/keep`)).toBe(true);
  await expect(room.ask("files.delete", { paths: ["/"] })).resolves.toMatchObject({ failed: 1 });
});

test("deleting on a read-only disk says so", async () => {
  await using room = new FilesRoom();
  const disk = room.mount("disk", "size=1m");
  writeFileSync(`${disk}/keep`, "");
  room.remount(disk, "ro");
  const { failures } = await room.ask("files.delete", { paths: [`${disk}/keep`] });
  expect(failures[0]).toMatchObject({ code: "file.read_only", path: `${disk}/keep` });
});

test("a cancelled deletion stops and says how far it came", async () => {
  await using room = new FilesRoom();
  for (let index = 0; index < 300; index += 1) writeFileSync(room.path(`f${index}`), "");
  const controller = new AbortController();
  let seen = 0;
  const onProgress = (): void => {
    seen += 1;
    if (seen === 20) controller.abort();
  };
  const outcome = await room.ask(
    "files.delete",
    { paths: [room.directory] },
    { signal: controller.signal, onProgress },
  );
  expect([outcome.wasCancelled, outcome.failed]).toEqual([true, 0]);
  expect(readdirSync(room.directory).length).toBe(300 - outcome.succeeded);
});

test("BETTER-03 a tree is copied with modes, times, links and empty folders", async () => {
  await using room = new FilesRoom();
  mkdirSync(room.path("a/empty"), { recursive: true });
  mkdirSync(room.path("to"));
  writeFileSync(room.path("a/run.sh"), "#!/bin/sh");
  chmodSync(room.path("a/run.sh"), 0o751);
  utimesSync(room.path("a/run.sh"), 1e9, 1e9);
  utimesSync(room.path("a/empty"), 1e9, 1e9);
  writeFileSync(pathBytes(room.path("a/\udcff")), randomContent(2_500_000));
  symlinkSync("/etc/passwd", room.path("a/link"));
  const outcome = await room.ask("files.copy", {
    paths: [room.path("a")],
    directory: room.path("to"),
    conflict: "refuse",
  });
  expect([outcome.succeeded, outcome.failed]).toEqual([5, 0]);
  const { status } = spawnSync("diff", ["-r", "--no-dereference", room.path("a"), room.path("to/a")]);
  expect(status).toBe(0);
  const copied = statSync(room.path("to/a/run.sh"));
  expect([copied.mode & 0o777, copied.mtimeMs, statSync(room.path("to/a/empty")).mtimeMs]).toEqual([0o751, 1e12, 1e12]);
  expect(readlinkSync(room.path("to/a/link"))).toBe("/etc/passwd");
});

test("BETTER-16 copies onto taken names: refuse, skip, keep both, overwrite; folders merge", async () => {
  await using room = new FilesRoom();
  for (const directory of ["from/d", "to/d"]) mkdirSync(room.path(directory), { recursive: true });
  writeFileSync(room.path("from/d/new"), "new");
  writeFileSync(room.path("to/d/old"), "old");
  writeFileSync(room.path("from/f.txt"), "new");
  writeFileSync(room.path("to/f.txt"), "old");
  const copy = (conflict: "refuse" | "skip" | "keep-both" | "overwrite") =>
    room.ask("files.copy", {
      paths: [room.path("from/d"), room.path("from/f.txt")],
      directory: room.path("to"),
      conflict,
    });
  expect((await copy("refuse")).failures.map(({ code }) => code)).toEqual(["file.exists", "file.exists"]);
  expect((await copy("skip")).skipped).toBe(2);
  await copy("keep-both");
  expect(readdirSync(room.path("to")).toSorted()).toEqual(["d", "d (2)", "f (2).txt", "f.txt"]);
  await copy("overwrite");
  expect(readdirSync(room.path("to/d")).toSorted()).toEqual(["new", "old"]);
  expect(readFileSync(room.path("to/f.txt"), "utf8")).toBe("new");
  const onItself = await room.ask("files.copy", {
    paths: [room.path("to/f.txt")],
    directory: room.path("to"),
    conflict: "keep-both",
  });
  expect([onItself.succeeded, existsSync(room.path("to/f (3).txt"))]).toEqual([1, true]);
});

test("a folder does not go into itself", async () => {
  await using room = new FilesRoom();
  mkdirSync(room.path("a/b"), { recursive: true });
  for (const type of ["files.copy", "files.move"] as const) {
    const { failures } = await room.ask(type, {
      paths: [room.path("a")],
      directory: room.path("a/b"),
      conflict: "refuse",
    });
    expect(failures[0]!.message).toContain("cannot go into itself");
  }
  expect(readdirSync(room.path("a/b"))).toEqual([]);
});

test("a cancelled copy leaves no half file", async () => {
  await using room = new FilesRoom();
  mkdirSync(room.path("to"));
  writeFileSync(room.path("big"), randomContent(12_000_000));
  const controller = new AbortController();
  let told = 0;
  const onProgress = (): void => {
    told += 1;
    if (told === 4) controller.abort();
  };
  const request = { paths: [room.path("big")], directory: room.path("to"), conflict: "refuse" as const };
  const outcome = await room.ask("files.copy", request, { signal: controller.signal, onProgress });
  expect([outcome.wasCancelled, outcome.failed, readdirSync(room.path("to")).length]).toEqual([true, 0, 0]);
});

test("BETTER-03 a folder moves: at once on its disk, by copying to another; what fails stays where it was", async () => {
  await using room = new FilesRoom();
  mkdirSync(room.path("a/deep"), { recursive: true });
  mkdirSync(room.path("to"));
  writeFileSync(room.path("a/deep/f"), "1");
  symlinkSync("f", room.path("a/deep/l"));
  const { ino } = lstatSync(room.path("a"));
  await room.ask("files.move", { paths: [room.path("a")], directory: room.path("to"), conflict: "refuse" });
  expect(lstatSync(room.path("to/a")).ino).toBe(ino);
  const disk = room.mount("disk", "size=1m");
  const moved = await room.ask("files.move", { paths: [room.path("to/a")], directory: disk, conflict: "refuse" });
  expect([moved.failed, existsSync(room.path("to/a")), readFileSync(`${disk}/a/deep/f`, "utf8")]).toEqual([
    0,
    false,
    "1",
  ]);
  writeFileSync(room.path("big"), randomContent(2_000_000));
  const full = await room.ask("files.move", { paths: [room.path("big")], directory: disk, conflict: "refuse" });
  expect(full.failures[0]).toMatchObject({ code: "file.no_space", path: room.path("big") });
  expect([statSync(room.path("big")).size, readdirSync(disk)]).toEqual([2_000_000, ["a"]]);
});
