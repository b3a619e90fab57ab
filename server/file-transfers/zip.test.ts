import { expect, test } from "bun:test";
import { crc32 } from "node:zlib";
import { centralRecord, dataDescriptor, endRecords, localHeader } from "./zip-records.ts";
import { ZipNames } from "./zip-names.ts";

const entry = (more: object = {}) => ({
  name: "d/a",
  sizeBytes: 5,
  crc32: crc32("hello"),
  modifiedAt: new Date("2026-11-21T01:02:04Z"),
  ...more,
});

test("a local header, byte for byte", () => {
  expect(localHeader(entry()).toString("hex")).toBe(
    "504b0304" +
      "2d00" +
      "0008" +
      "0000" +
      "4208" +
      "755d" +
      "86a61036" +
      "05000000" +
      "05000000" +
      "0300" +
      "0900" +
      Buffer.from("d/a").toString("hex") +
      "5554" +
      "0500" +
      "01" +
      secondsHex(),
  );
});

/** 2026-11-21T01:02:04Z as a little-endian u32. */
function secondsHex(): string {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(Date.UTC(2026, 10, 21, 1, 2, 4) / 1000);
  return bytes.toString("hex");
}

test("a file past 4 GiB has its sizes in the Zip64 fields", () => {
  const big = entry({ sizeBytes: 5_000_000_000, crc32: null });
  const descriptor = dataDescriptor(big, 0xdeadbeef);
  expect([descriptor.length, descriptor.readBigUInt64LE(8)]).toEqual([24, 5_000_000_000n]);
  const record = centralRecord(big, 0xdeadbeef, 6_000_000_000);
  expect([record.readUInt32LE(20), record.readUInt32LE(24), record.readUInt32LE(42)]).toEqual([
    0xffffffff, 0xffffffff, 0xffffffff,
  ]);
  const extra = record.subarray(46 + 3 + 9);
  expect([extra.readUInt16LE(0), extra.readBigUInt64LE(4), extra.readBigUInt64LE(20)]).toEqual([
    1,
    5_000_000_000n,
    6_000_000_000n,
  ]);
  expect(localHeader(big).readUInt16LE(6) & 8).toBe(8);
});

test("the end names its list, also past 65,535 entries", () => {
  const end = endRecords(70_000, 4_999_999_999, 7_000_000);
  expect([end.readBigUInt64LE(24), end.readBigUInt64LE(48), end.readUInt16LE(56 + 20 + 8)]).toEqual([
    70_000n,
    4_999_999_999n,
    0xffff,
  ]);
});

test("NA8 NA10 no name in a zip leads out of its folder or means something to a system", () => {
  const names = new ZipNames("../..");
  const corpus = [
    "../../etc/passwd",
    "..",
    "/abs",
    "a\\..\\b",
    "C:\\x",
    "con.txt",
    "a/NUL",
    "x. ",
    "\u0000\u001b",
    "a\udcff",
    "a|b?*",
  ];
  for (const path of corpus) {
    const parts = names.file(path).split("/");
    for (const part of parts) {
      expect(part).not.toMatch(/^\.{1,2}$|[\\:\u0000-\u001f]|^(con|nul)(\.|$)/i);
      expect(part.isWellFormed()).toBe(true);
    }
  }
});

test("two names that come out alike are told apart", () => {
  const names = new ZipNames("d");
  expect(["A.txt", "a.txt", "a?", "a*"].map((name) => names.file(name))).toEqual([
    "d/A.txt",
    "d/a (2).txt",
    "d/a_",
    "d/a_ (2)",
  ]);
  expect(names.folderName("x/y")).toBe("d/x/y/");
});
