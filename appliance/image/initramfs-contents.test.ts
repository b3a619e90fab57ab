import { expect, test } from "bun:test";
import { initramfsNames, missingInInitramfs } from "./initramfs-contents.ts";

/** An archive in cpio's newc form with empty files of these names. */
function cpio(names: readonly string[]): Uint8Array<ArrayBuffer> {
  const entry = (name: string): string => {
    const size = (name.length + 1).toString(16).padStart(8, "0");
    const header = `070701${"0".repeat(8 * 11)}${size}${"0".repeat(8)}${name}\0`;
    return header.padEnd(Math.ceil(header.length / 4) * 4, "\0");
  };
  return new Uint8Array(Buffer.from([...names, "TRAILER!!!"].map(entry).join(""), "latin1"));
}

test("names are read from archives one after another, the last one packed", () => {
  const first = cpio(["kernel/a.ko.xz"]);
  const second = Bun.zstdCompressSync(cpio(["bin/b", "c"]));
  expect(initramfsNames(Buffer.concat([first, new Uint8Array(512), second]))).toEqual(["kernel/a.ko.xz", "bin/b", "c"]);
});

test("drivers and programs that are missing are named", () => {
  const missing = missingInInitramfs(cpio(["usr/sbin/veritysetup", "usr/lib/modules/6/kernel/fs/erofs/erofs.ko.xz"]));
  expect(missing).toContain("hv_storvsc.ko.xz");
  expect(missing).not.toContain("sbin/veritysetup");
  expect(missing).not.toContain("erofs.ko.xz");
});

test("an archive that is cut off anywhere, or garbled, is an error and not an endless loop", () => {
  const whole = cpio(["one", "two"]);
  for (let length = 1; length < whole.length - 3; length += 1) {
    expect(() => initramfsNames(whole.subarray(0, length))).toThrow(RangeError);
  }
  for (let at = 0; at < whole.length; at += 1) {
    const garbled = whole.slice();
    garbled[at] = 0x7a;
    try {
      initramfsNames(garbled);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  }
});
