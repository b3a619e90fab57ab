import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "bun:test";
import { keyMaker } from "../../test/key-maker.ts";
import { leadsToRoot, vouchesForModel } from "./attestation-chain.ts";

const DAY_MS = 86_400_000;
const now = new Date();
const maker = keyMaker("Blue Keys");
const other = keyMaker("Blue Keys");
const { chain } = maker.make();
const [own, between] = [chain[0]!, chain[1]!];
const after = (days: number): Date => new Date(now.getTime() + days * DAY_MS);

describe("the chain of a key's certificates", () => {
  test("leads to the root of its maker, whatever other roots there are", () => {
    expect(leadsToRoot(chain, [maker.rootPem], now)).toBe(true);
    expect(leadsToRoot(chain, [other.rootPem, maker.rootPem], now)).toBe(true);
  });

  test("may end with the root itself, and be a root itself", () => {
    const root = Buffer.from(maker.rootPem.replaceAll(/-----[A-Z ]+-----|\s/gu, ""), "base64");
    expect(leadsToRoot([...chain, root], [maker.rootPem], now)).toBe(true);
    const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(own).toString("base64")}\n-----END CERTIFICATE-----`;
    expect(leadsToRoot([own], [pem], now)).toBe(true);
  });

  const broken: [string, readonly Uint8Array[], readonly string[], Date][] = [
    ["to no root", chain, [], now],
    ["to another maker of the same name", chain, [other.rootPem], now],
    ["without the one in between", [own], [maker.rootPem], now],
    ["in the wrong order", [between, own], [maker.rootPem], now],
    ["with a stranger's in between", [own, other.make().chain[1]!], [other.rootPem], now],
    ["below a key that is no authority", maker.make({ isIssuerAuthority: false }).chain, [maker.rootPem], now],
    ["of a key whose certificate has run out", maker.make({ days: 2 }).chain, [maker.rootPem], after(2)],
    ["before it begins", chain, [maker.rootPem], after(-2)],
    ["to a root that has run out", chain, [maker.rootPem], after(40)],
    ["of nothing", [], [maker.rootPem], now],
    ["of rubbish", [Buffer.from("rubbish"), between], [maker.rootPem], now],
    ["with rubbish behind", [...chain, Buffer.from("rubbish")], [maker.rootPem], now],
    ["too long", Array.from({ length: 9 }, () => own), [maker.rootPem], now],
    ["to rubbish", chain, ["rubbish"], now],
  ];
  for (const [what, given, roots, at] of broken)
    test(`does not lead there ${what}`, () => {
      expect(leadsToRoot(given, roots, at)).toBe(false);
    });

  test("random changes to it never lead there", () => {
    for (let index = 0; index < 300; index += 1) {
      const changed = chain.map((one) => Uint8Array.from(one));
      const which = changed[index % 2]!;
      which[(index * 7) % which.length]! ^= 1 << (index % 8);
      expect(leadsToRoot(changed, [maker.rootPem], now)).toBe(false);
    }
  });
});

describe("a certificate's word on the model", () => {
  const [blue, other] = ["ee882879-721c-4913-9775-3dfcce97072a", "cb69481e-8ff7-4039-93ec-0a2729a154a8"];
  const named = maker.make({ aaguid: blue }).chain;

  test("counts for the model it names, whichever roots there are, and for no other", () => {
    expect(vouchesForModel(named, [maker.rootPem, keyMaker("Red Keys").rootPem], blue)).toBe(true);
    expect(vouchesForModel(named, [maker.rootPem], other)).toBe(false);
    expect(vouchesForModel(maker.make({ aaguid: other }).chain, [maker.rootPem], blue)).toBe(false);
  });

  test("is missing where it names none, where a certificate above says it, and where there is no certificate", () => {
    expect(vouchesForModel(chain, [maker.rootPem], blue)).toBe(false);
    expect(vouchesForModel([own, named[0]!], [maker.rootPem], blue)).toBe(false);
    expect(vouchesForModel([], [maker.rootPem], blue)).toBe(false);
  });

  test("is an administrator's to give: by the very certificate", () => {
    const pem = new X509Certificate(own).toString();
    expect(vouchesForModel(chain, [pem], blue)).toBe(true);
    expect(vouchesForModel([Buffer.from("rubbish")], [pem], blue)).toBe(false);
  });
});
