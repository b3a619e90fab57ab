import { beforeAll, describe, expect, test } from "bun:test";
import { samlAttacks } from "../../test/peers/saml-attacks.ts";
import {
  type ForgeKeys,
  makeForgeKeys,
  posted,
  responseXml,
  rightWords,
  signed,
  assertionXml,
  encrypted,
  withEncryptedName,
} from "../../test/peers/saml-forge.ts";
import { forgeRules } from "../../test/peers/saml-rules.ts";
import { ProviderRefusal } from "../refusal.ts";
import type { AssertedIdentity } from "./assertion.ts";
import { parseResponse, type ResponseRules, verifyResponse } from "./response.ts";

let keys: ForgeKeys;
beforeAll(async () => {
  keys = await makeForgeKeys();
});

const read = (message: string, changes: Partial<ResponseRules> = {}): AssertedIdentity =>
  verifyResponse(parseResponse(message), forgeRules(keys, changes), null);
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "accepted";
  } catch (error) {
    if (error instanceof ProviderRefusal) return error.reason;
    throw error;
  }
};

describe("SAML responses", () => {
  test("NA33 NA36 every known attack is refused, each with its code", () => {
    const attacks = samlAttacks(keys);
    expect(attacks.length).toBeGreaterThan(100);
    const told = attacks.map(({ name, message }) => ({ name, code: codeOf(() => read(message)) }));
    expect(told).toEqual(attacks.map(({ name, code }) => ({ name, code })));
  });

  test("what is right is accepted: response, assertion or both signed, encrypted or not", () => {
    const plain = responseXml(rightWords);
    const assertion = signed(plain, "Assertion", keys.idp);
    const locked = (content: string): string => responseXml(rightWords, encrypted(content, keys.ours.certificatePem));
    const messages = [
      assertion,
      signed(plain, "Response", keys.idp),
      signed(assertion, "Response", keys.idp),
      locked(signed(assertionXml(rightWords), "Assertion", keys.idp)),
      signed(locked(assertionXml(rightWords)), "Response", keys.idp),
    ];
    for (const message of messages) {
      const { nameId, attributes, sessionIndex } = read(posted(message));
      expect({ nameId, groups: attributes.get("groups"), sessionIndex }).toEqual({
        nameId: "carol@example.com",
        groups: ["Support"],
        sessionIndex: "s1",
      });
    }
  });

  test("AES-CBC opens only where it is allowed and behind a signed response", () => {
    const cbc = responseXml(
      rightWords,
      encrypted(signed(assertionXml(rightWords), "Assertion", keys.idp), keys.ours.certificatePem, {
        cipher: "aes-128-cbc",
      }),
    );
    const vouched = posted(signed(cbc, "Response", keys.idp));
    expect(codeOf(() => read(posted(cbc), { allowsCbc: true }))).toBe("encryption.cbc_unsigned");
    expect(codeOf(() => read(vouched))).toBe("encryption.algorithm");
    expect(read(vouched, { allowsCbc: true }).nameId).toBe("carol@example.com");
  });

  test("NA36 a name that was encrypted opens behind the assertion's signature, in AES-CBC where that is allowed", () => {
    const { certificatePem } = keys.ours;
    const named = (style: Parameters<typeof withEncryptedName>[2] = {}): string =>
      signed(withEncryptedName(rightWords, certificatePem, style), "Assertion", keys.idp);
    const twice = signed(responseXml(rightWords, encrypted(named(), certificatePem)), "Response", keys.idp);
    for (const message of [responseXml(rightWords, named()), twice])
      expect(read(posted(message)).nameId).toBe("carol@example.com");
    const cbc = posted(responseXml(rightWords, named({ cipher: "aes-256-cbc" })));
    expect(codeOf(() => read(cbc))).toBe("encryption.algorithm");
    expect(read(cbc, { allowsCbc: true }).nameId).toBe("carol@example.com");
    const decryptionKeys = [keys.stranger.keyPem, keys.ours.keyPem];
    expect(read(posted(responseXml(rightWords, named())), { decryptionKeys }).nameId).toBe("carol@example.com");
  });

  test("during a rollover either of two certificates and either of two keys holds", () => {
    const certificates = [keys.stranger.certificatePem, keys.idp.certificatePem];
    const decryptionKeys = [keys.stranger.keyPem, keys.ours.keyPem];
    const message = responseXml(
      rightWords,
      encrypted(signed(assertionXml(rightWords), "Assertion", keys.idp), keys.ours.certificatePem),
    );
    expect(read(posted(message), { certificates, decryptionKeys }).nameId).toBe("carol@example.com");
  });

  test("a clock that is off by less than the skew takes an assertion, one that is off by more does not", () => {
    const message = posted(signed(responseXml(rightWords), "Assertion", keys.idp));
    const at = (offsetMs: number) => codeOf(() => read(message, { nowMs: Date.now() + offsetMs }));
    expect([at(355_000), at(365_000), at(-115_000), at(-130_000)]).toEqual([
      "accepted",
      "assertion.expired",
      "accepted",
      "assertion.too_early",
    ]);
  });

  test("random damage to a right message never throws anything but a refusal, and never names anybody else", () => {
    const right = Buffer.from(signed(responseXml(rightWords), "Assertion", keys.idp));
    for (let round = 0; round < 300; round += 1) {
      const damaged = Buffer.from(right);
      for (let count = 0; count < 1 + (round % 3); count += 1)
        damaged[Math.floor(Math.random() * damaged.length)] = 32 + Math.floor(Math.random() * 95);
      let nameId = "";
      codeOf(() => {
        ({ nameId } = read(damaged.toString("base64")));
      });
      expect(["", "carol@example.com"]).toContain(nameId);
    }
  });
});
