import { expect, test } from "bun:test";
import type { NetworkSettings } from "../../../protocol/appliance/network-settings.ts";
import {
  addressProblem,
  formerAddress,
  hostProblem,
  newPlace,
  prefixProblem,
  readRoute,
  trialTitle,
} from "./network-words.ts";

function settings(address: string): NetworkSettings {
  const eth0 = { name: "eth0", addressing: "static" as const, addresses: [address], gateways: [], vlan: null };
  return { hostname: "cw", interfaces: [eth0], routes: [], dnsServers: [], searchDomains: [] };
}
const state = {
  name: "eth0",
  macAddress: "",
  hasCarrier: true,
  speedMbits: null,
  addresses: ["10.40.0.11/24", "fe80::1/64"],
  receivedBytes: 0,
  sentBytes: 0,
};

test("a route is read as people type it", () => {
  const route = { destination: "10.99.0.0/16", gateway: "10.40.0.1", interface: "eth1" };
  expect(readRoute("10.99.0.0/16 10.40.0.1 eth1")).toEqual(route);
  expect(readRoute("10.99.0.0/16 via 10.40.0.1, eth1")).toEqual(route);
  for (const line of ["", "10.99.0.0/16", "10.99.0.0 10.40.0.1 eth1", "10.99.0.0/16 10.40.0.1 eth1 and more"])
    expect(readRoute(line)).toBeNull();
});

test("what is no address, prefix or name is said", () => {
  expect([addressProblem("10.40.0.53"), prefixProblem("fd0c::12/64"), hostProblem("cw-north-01")]).toEqual([
    "",
    "",
    "",
  ]);
  expect(addressProblem("ten")).toContain("no address");
  expect(prefixProblem("10.40.0.53")).toContain("prefix");
  expect(hostProblem("Not a name")).toContain("no host name");
});

test("a trial says which interface it is about and what comes back", () => {
  const [before, after] = [settings("10.40.0.11/24"), settings("10.40.0.12/24")];
  expect(trialTitle(before, after)).toContain("eth0");
  expect(formerAddress(before, after)).toBe("10.40.0.11");
  expect(trialTitle(before, { ...before, hostname: "other" })).not.toContain("eth0");
});

test("the page knows where it will be found, and says nothing where it stays", () => {
  const page = new URL("https://10.40.0.11:8443/appliance/network");
  expect(newPlace(page, [state], settings("10.40.0.12/24"))).toBe("https://10.40.0.12:8443/appliance/network");
  expect(newPlace(page, [state], settings("fd0c::12/64"))).toBe("https://[fd0c::12]:8443/appliance/network");
  expect(newPlace(page, [state], settings("10.40.0.11/24"))).toBe("");
  expect(newPlace(new URL("https://help.example/appliance"), [state], settings("10.40.0.12/24"))).toBe("");
});
