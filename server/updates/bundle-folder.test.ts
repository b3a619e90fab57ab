import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "bun:test";
import type { AppError } from "../../protocol/errors.ts";
import { smallDisk } from "../test/small-disk.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { BundleFolder } from "./bundle-folder.ts";

async function* pieces(...all: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* all;
}
const filled = (length: number, value: number) => new Uint8Array(length).fill(value);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "",
    (error: unknown) => (error as AppError).code,
  );

test("NA12 a bundle lies in its own folder under the server's name for it; parts go on where the last one ended", async () => {
  using directory = temporaryDirectory();
  const folder = new BundleFolder(directory.path);
  folder.prepare(10);
  expect(await folder.write("one.bundle", 0, pieces(filled(4, 1), filled(2, 2)), 6)).toBe(6);
  expect(await folder.write("one.bundle", 4, pieces(filled(3, 3)), 6)).toBe(3);
  expect([...readFileSync(join(directory.path, "updates/one.bundle"))]).toEqual([1, 1, 1, 1, 3, 3, 3]);
  expect(await codeOf(folder.write("one.bundle", 7, pieces(filled(4, 9)), 3))).toBe("request.too_large");
  mkdirSync(join(directory.path, "updates/left"));
  writeFileSync(join(directory.path, "updates/left/behind"), "");
  folder.keepOnly("one.bundle");
  expect(existsSync(join(directory.path, "updates/left"))).toBe(false);
  expect(existsSync(folder.pathOf("one.bundle"))).toBe(true);
});

test("on a disk that is full an update is not begun, or stops in words and goes on when there is room", async () => {
  using disk = smallDisk(8);
  const folder = new BundleFolder(disk.path);
  expect(() => folder.prepare(1 << 20)).toThrow("free space");
  const filler = join(disk.path, "filler");
  writeFileSync(filler, filled(6 << 20, 7));
  const part = filled(4 << 20, 5);
  expect(await codeOf(folder.write("one.bundle", 0, pieces(part), part.length))).toBe("storage.full");
  rmSync(filler);
  expect(await folder.write("one.bundle", 0, pieces(part), part.length)).toBe(part.length);
});
