import { expect, test } from "bun:test";
import { isIP } from "node:net";
import { contains, readAddress, readNetwork } from "./ip-address.ts";

test("addresses are read to numbers", () => {
  const cases: [string, bigint][] = [
    ["10.40.0.1", 0x0a280001n],
    ["255.255.255.255", 0xffffffffn],
    ["::", 0n],
    ["::1", 1n],
    ["2001:db8::12", 0x20010db8000000000000000000000012n],
    ["1:2:3:4:5:6:7:8", 0x00010002000300040005000600070008n],
    ["fe80::", 0xfe80n << 112n],
    ["::ffff:10.0.0.1", 0xffff0a000001n],
    ["1:2::7:8", 0x00010002000000000000000000070008n],
  ];
  for (const [text, address] of cases) expect([text, readAddress(text)?.address]).toEqual([text, address]);
});

test("a network is an address with a prefix that its family has", () => {
  for (const text of ["10.0.0.0/8", "0.0.0.0/0", "::/0", "2001:db8::1/128"]) expect(readNetwork(text)).not.toBeNull();
  for (const text of [
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0.0/08",
    "10.0.0.0/-1",
    "/8",
    "",
    "::/129",
    "a/8",
    "10.0.0.0/8/8",
    "fe80::1%eth0/64",
    "10.0.0.0/ 8",
  ]) {
    expect([text, readNetwork(text)]).toEqual([text, null]);
  }
});

test("a network contains what begins like it, of its own family", () => {
  const network = readNetwork("10.40.0.12/24")!;
  expect(contains(network, readAddress("10.40.0.255")!)).toBe(true);
  expect(contains(network, readAddress("10.40.1.0")!)).toBe(false);
  expect(contains(readNetwork("0.0.0.0/0")!, readAddress("8.8.8.8")!)).toBe(true);
  expect(contains(readNetwork("::/0")!, readAddress("8.8.8.8")!)).toBe(false);
});

test("any text is an address for us exactly when it is one for the system, without zones", () => {
  const letters = "0123456789abcdef:.%/ ";
  for (let round = 0; round < 20_000; round += 1) {
    const length = round % 20;
    const text = Array.from({ length }, () => letters[Math.floor(Math.random() * letters.length)]).join("");
    expect([text, readAddress(text) !== null]).toEqual([text, isIP(text) !== 0 && !text.includes("%")]);
  }
});
