import { beforeAll, describe, expect, test } from "bun:test";
import { createSign } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { type ForgeKeys, IDP_ENTITY_ID, makeForgeKeys, SP } from "../../test/peers/saml-forge.ts";
import { ProviderRefusal } from "../refusal.ts";
import { readLogoutRequest } from "./logout-message.ts";
import { readRedirect, redirectUrl } from "./redirect-binding.ts";
import { logoutRequest } from "./requests.ts";

let keys: ForgeKeys;
beforeAll(async () => {
  keys = await makeForgeKeys();
});

const message = (changes: Partial<Parameters<typeof logoutRequest>[0]> = {}): string =>
  logoutRequest({
    id: "_logout",
    at: new Date(),
    destination: SP.sloUrl,
    issuer: IDP_ENTITY_ID,
    nameId: "carol@example.com",
    sessionIndex: "s1",
    ...changes,
  });
const query = (xml: string, key: string | null = keys.idp.keyPem): string =>
  redirectUrl("https://x.example", "SAMLRequest", xml, "", key).split("?")[1]!;
const codeOf = (text: string, now = Date.now()): string => {
  try {
    const { xml } = readRedirect(text, [keys.idp.certificatePem]);
    const expected = { issuer: IDP_ENTITY_ID, destination: SP.sloUrl, clockSkewMs: 60_000, nowMs: now };
    readLogoutRequest(xml, { ...expected, decryptionKeys: [], allowsCbc: false });
    return "accepted";
  } catch (error) {
    if (error instanceof ProviderRefusal) return error.reason;
    throw error;
  }
};
/** A query whose signature is right, over any message and algorithm. */
function signedQuery(
  deflated: Buffer,
  algorithm = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
  hash = "sha256",
) {
  const text = `SAMLRequest=${encodeURIComponent(deflated.toString("base64"))}&SigAlg=${encodeURIComponent(algorithm)}`;
  const signature = createSign(hash).update(text).sign(keys.idp.keyPem, "base64");
  return `${text}&Signature=${encodeURIComponent(signature)}`;
}

describe("sign-out messages in a redirect", () => {
  test("a signed one is taken", () => {
    expect(codeOf(query(message()))).toBe("accepted");
  });

  test("NA36 unsigned, foreign, altered, doubled, old and oversized ones are refused, each with its code", () => {
    const right = query(message());
    const bomb = deflateRawSync(Buffer.alloc(50 << 20, "a"));
    const cases: readonly (readonly [string, string])[] = [
      [query(message(), null), "logout.unsigned"],
      [query(message(), keys.stranger.keyPem), "signature.wrong"],
      [right.replace(/Signature=[^&]*/u, "Signature="), "signature.wrong"],
      [`${right}&SAMLRequest=x`, "message.form"],
      [`${right}&SAMLResponse=x`, "message.form"],
      [right.replace("SAMLRequest=", "SAMLReque%73t="), "message.form"],
      [`${right}&RelayState=x`, "signature.wrong"],
      [
        signedQuery(deflateRawSync(message()), "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "sha1"),
        "signature.algorithm",
      ],
      [signedQuery(bomb), "message.too_large"],
      [signedQuery(Buffer.from("no deflated text")), "message.too_large"],
      [`SAMLRequest=${"a".repeat(40_000)}`, "message.too_large"],
      [query(message({ issuer: "https://evil.example" })), "issuer.wrong"],
      [query(message({ destination: "https://other.example/slo" })), "destination.wrong"],
      [query(message({ at: new Date(Date.now() - 3_600_000) })), "assertion.expired"],
      [query(message({ at: new Date(Date.now() + 3_600_000) })), "assertion.too_early"],
      [query(message({ nameId: "" })), "name_id.missing"],
      [query(`<!DOCTYPE x>${message()}`), "message.declarations"],
      [query(message().replaceAll("LogoutRequest", "AuthnRequest")), "structure.root"],
    ];
    expect(cases.map(([text]) => codeOf(text))).toEqual(cases.map(([, code]) => code));
  });
});
