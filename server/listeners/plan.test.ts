import { describe, expect, test } from "bun:test";
import type { Listeners } from "../../protocol/api/appliance/access.ts";
import { consoleAddress } from "./console-address.ts";
import { Gate } from "./gate.ts";
import { oneForAll, planOf, portsNeeded } from "./plan.ts";
import { usesOf } from "./uses.ts";

const main = { hostname: "0.0.0.0", port: 443 };
const split: Listeners = {
  endpoints: { address: "", port: null, networks: [] },
  consoles: { address: "", port: null, networks: ["10.0.0.0/8", "2001:db8::7"] },
  administration: { address: "10.99.0.12", port: 8443, networks: ["10.99.0.0/16", "192.0.2.7"] },
};

describe("where the server answers whom", () => {
  test("everything is one place until somebody chooses otherwise; what is at one place is listened on once", () => {
    expect(planOf(oneForAll, main)).toEqual([
      { ...main, uses: new Set(["endpoints", "consoles", "administration"] as const) },
    ]);
    expect(planOf(split, main)).toEqual([
      { ...main, uses: new Set(["endpoints", "consoles"] as const) },
      { hostname: "10.99.0.12", port: 8443, uses: new Set(["administration"] as const) },
    ]);
  });

  test("the firewall lets in each port from the networks of all who are answered there", () => {
    expect(portsNeeded(oneForAll, main)).toEqual([{ protocol: "tcp", port: 443, from: [] }]);
    expect(portsNeeded(split, main)).toEqual([
      { protocol: "tcp", port: 443, from: [] },
      { protocol: "tcp", port: 8443, from: ["10.99.0.0/16", "192.0.2.7/32"] },
    ]);
    const narrow = { ...split, endpoints: { ...split.endpoints, networks: ["198.51.100.0/24"] } };
    expect(portsNeeded(narrow, main)[0]).toEqual({
      ...{ protocol: "tcp", port: 443 },
      from: ["198.51.100.0/24", "10.0.0.0/8", "2001:db8::7/128"],
    });
  });

  test("NA40 administration's paths are answered where administration is, and what nobody named is administration's", () => {
    const gate = new Gate(oneForAll, []);
    const [endpoints, consoles] = [new Set(["endpoints"] as const), new Set(["consoles"] as const)];
    for (const path of [
      "/login",
      "/login/users",
      "/appliance",
      "/api/login/users",
      "/api/appliance/start",
      "/api/set-up",
    ])
      for (const uses of [endpoints, consoles]) expect(gate.admits(path, "198.51.100.1", uses)).toBeFalse();
    for (const path of ["/api/oauth/token", "/scim/v2/Users", "/something/new"])
      expect(usesOf(path)).toEqual(["administration"]);
    for (const path of ["/LOGIN", "//login", "/%6cogin", "/login;x", "/console/../login"])
      expect(gate.admits(path, "198.51.100.1", endpoints)).toBeFalse();
    for (const path of ["/", "/gateway/agent", "/gateway/agent-session", "/gateway/trust", "/api/site", "/assets/a.js"])
      expect(gate.admits(path, "198.51.100.1", endpoints)).toBeTrue();
    for (const path of ["/console", "/console/x", "/gateway/console", "/api/console/sign-in", "/assets/a.js"])
      expect(gate.admits(path, "198.51.100.1", consoles)).toBeTrue();
    expect(gate.admits("/gateway/agent", "198.51.100.1", consoles)).toBeFalse();
    expect(gate.admits("/gateway/console", "198.51.100.1", endpoints)).toBeFalse();
  });

  test("whoever comes from elsewhere finds nothing; the machine itself always does", () => {
    const gate = new Gate(split, ["10.40.0.12", "fe80::1"]);
    const administration = new Set(["administration"] as const);
    for (const address of ["10.99.4.4", "192.0.2.7", "127.0.0.1", "::1", "10.40.0.12"])
      expect(gate.admits("/login", address, administration)).toBeTrue();
    for (const address of ["10.98.4.4", "192.0.2.8", "2001:db8::7", ""])
      expect(gate.admits("/login", address, administration)).toBeFalse();
    expect(() => new Gate({ ...split, consoles: { ...split.consoles, networks: ["10.0.0.0/33"] } }, [])).toThrow(
      "10.0.0.0/33 is neither an address nor a network",
    );
  });
});

test("LOGIN-15 from administration's place pages of the console lead to the console's own", () => {
  const apart = (address: string, port: number | null): Listeners => ({
    ...oneForAll,
    consoles: { address, port, networks: [] },
  });
  const from = "https://support.example:8443/console/session/a?b#c";
  expect(consoleAddress(from, apart("", null), main)).toBe("https://support.example/console/session/a");
  expect(consoleAddress(from, apart("0.0.0.0", 9443), main)).toBe("https://support.example:9443/console/session/a");
  expect(consoleAddress(from, apart("fd0c:40::12", 443), main)).toBe("https://[fd0c:40::12]/console/session/a");
  for (const path of ["/", "/login", "/consoles", "/api/console/account", "//evil.example/console"])
    expect(consoleAddress(`https://support.example${path}`, apart("", 1), main)).toBeNull();
});
