import { expect, test } from "bun:test";
import { AppError } from "../../protocol/errors.ts";
import { endpointName, endpointPath, isWithin, joinPath, splitPath } from "./endpoint-path.ts";

test("a path is absolute and plain", () => {
  expect(endpointPath("/").toString()).toBe("/");
  expect(endpointPath("//home///ada/").toString()).toBe("/home/ada");
});

test("NA10 a path that climbs, is relative or holds a 0 is refused", () => {
  const corpus = [
    "..",
    "../etc/passwd",
    "/home/../etc",
    "/..",
    "/a/./b",
    "a/b",
    "",
    ".",
    "/a\0",
    "/a/..",
    "C:\\Windows",
    "\\..\\x",
  ];
  for (const path of corpus) expect(() => endpointPath(path)).toThrow(AppError);
});

test("NA10 a name with a slash, a climbing name and an overlong one are refused", () => {
  for (const name of ["", ".", "..", "a/b", "/", "../x", "a\0", "\ud812", "é".repeat(128)])
    expect(() => endpointName(name)).toThrow(AppError);
  expect(endpointName("é".repeat(127)).length).toBe(254);
  // A backslash or dots inside are ordinary characters on this system.
  expect(endpointName("..\\x").toString()).toBe("..\\x");
});

test("paths are taken apart and put together", () => {
  expect(splitPath(Buffer.from("/a"))).toEqual({ directory: Buffer.from("/"), name: Buffer.from("a") });
  expect(splitPath(Buffer.from("/a/b"))).toEqual({ directory: Buffer.from("/a"), name: Buffer.from("b") });
  expect(splitPath(Buffer.from("/")).name.length).toBe(0);
  expect(joinPath(Buffer.from("/"), Buffer.from("a")).toString()).toBe("/a");
  expect(joinPath(Buffer.from("/a"), Buffer.from("b")).toString()).toBe("/a/b");
});

test("only a whole part of a path counts as being within", () => {
  const within = (path: string, directory: string): boolean => isWithin(Buffer.from(path), Buffer.from(directory));
  expect([within("/a/b", "/a"), within("/a", "/a"), within("/x", "/")]).toEqual([true, true, true]);
  expect([within("/ab", "/a"), within("/", "/a")]).toEqual([false, false]);
});
