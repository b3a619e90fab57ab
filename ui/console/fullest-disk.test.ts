import { expect, test } from "bun:test";
import { fullestDisk } from "./fullest-disk.ts";

test("the fullest disk is the one with the least room for its size", () => {
  const disk = (name: string, totalBytes: number, usedBytes: number) => ({ name, totalBytes, usedBytes });
  expect(fullestDisk([disk("/", 100, 40), disk("/boot", 10, 7), disk("/srv", 1000, 600)])).toMatchObject({
    name: "/boot",
    share: 0.7,
  });
  expect(fullestDisk([disk("/", 100, 40), disk("/empty", 0, 0)])?.name).toBe("/");
  expect(fullestDisk([])).toBeNull();
});
