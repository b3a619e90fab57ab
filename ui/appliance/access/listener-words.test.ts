import { expect, test } from "bun:test";
import { addressProblem, chosenPlace, networksFrom, placeText, portFrom, portProblem } from "./listener-words.ts";

test("networks are typed one a line or with commas", () => {
  expect(networksFrom(" 10.0.0.0/8,\n192.0.2.7  2001:db8::/32\n")).toEqual([
    "10.0.0.0/8",
    "192.0.2.7",
    "2001:db8::/32",
  ]);
  expect(networksFrom(" \n")).toEqual([]);
});

test("a port is a number from 1 to 65535, or nothing", () => {
  expect([portFrom(""), portFrom(" 8443 ")]).toEqual([null, 8443]);
  for (const wrong of ["0", "65536", "x", "8443x", "-1", "1e3"]) expect(portProblem(wrong)).not.toBe("");
  for (const right of ["", "1", "65535"]) expect(portProblem(right)).toBe("");
});

test("a place is an address and a port, of its own or the server's", () => {
  const main = { address: "0.0.0.0", port: 443 };
  expect(placeText(chosenPlace({ address: "", port: null, networks: [] }, main))).toBe("0.0.0.0:443");
  expect(placeText(chosenPlace({ address: "fd0c:40::12", port: 8443, networks: [] }, main))).toBe("[fd0c:40::12]:8443");
  expect(addressProblem("10.40.0.12")).toBe("");
  expect(addressProblem("appliance.example")).not.toBe("");
});
