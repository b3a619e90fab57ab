import { expect, test } from "bun:test";
import { networkOf } from "./address.ts";

test("every address of one IPv6 network counts as one, however it is shortened", () => {
  const same = ["2001:db8::1", "2001:db8::a:b:c:d", "2001:db8:0:0:1:2:3:4", "2001:db8::", "2001:db8::5:0:0:1"];
  expect(new Set(same.map(networkOf))).toEqual(new Set(["2001:db8:0:0::/64"]));
  expect(networkOf("2001:db8:1::1")).toBe("2001:db8:1:0::/64");
  expect(networkOf("2001:db8:0:1::1")).toBe("2001:db8:0:1::/64");
  expect(networkOf("::1")).toBe("0:0:0:0::/64");
  expect(networkOf("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
});

test("an IPv4 address is its own network", () => {
  expect(networkOf("192.0.2.7")).toBe("192.0.2.7");
  expect(networkOf("")).toBe("");
});
