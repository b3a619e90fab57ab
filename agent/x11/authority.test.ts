import { expect, test } from "bun:test";
import { findAuthorization } from "./authority.ts";

const field = (bytes: Uint8Array | string): number[] => {
  const value = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  return [value.length >> 8, value.length & 255, ...value];
};
const entry = (display: string, name: string, cookie: number): number[] => [
  1,
  0,
  ...field("host"),
  ...field(display),
  ...field(name),
  ...field(new Uint8Array(16).fill(cookie)),
];
const COOKIE = "MIT-MAGIC-COOKIE-1";

test("the cookie of the display is found among others", () => {
  const file = Uint8Array.from([
    ...entry("1", COOKIE, 1),
    ...entry("0", "XDM-AUTHORIZATION-1", 2),
    ...entry("0", COOKIE, 3),
  ]);
  expect(findAuthorization(file, ":0")?.data[0]).toBe(3);
  expect(findAuthorization(file, ":1.0")?.data[0]).toBe(1);
  expect(findAuthorization(file, ":7")).toBeNull();
});

test("an entry without a display number fits every display", () => {
  expect(findAuthorization(Uint8Array.from(entry("", COOKIE, 4)), ":12")?.data[0]).toBe(4);
});

test("a file that is cut short anywhere, or full of anything, is no error", () => {
  const file = Uint8Array.from(entry("0", COOKIE, 5));
  for (let length = 0; length < file.length; length++)
    expect(findAuthorization(file.subarray(0, length), ":0")).toBeNull();
  for (let round = 0; round < 5000; round++)
    findAuthorization(crypto.getRandomValues(new Uint8Array(round % 60)), ":0");
});
