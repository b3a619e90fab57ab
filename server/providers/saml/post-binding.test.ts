import { beforeAll, describe, expect, test } from "bun:test";
import {
  encrypted,
  type ForgeKeys,
  IDP_ENTITY_ID,
  makeForgeKeys,
  posted,
  signed,
  SP,
} from "../../test/peers/saml-forge.ts";
import { ProviderRefusal } from "../refusal.ts";
import { readLogoutRequest } from "./logout-message.ts";
import { postedForm, readPostedForm } from "./post-binding.ts";
import { logoutRequest, logoutResponse } from "./requests.ts";

let keys: ForgeKeys;
beforeAll(async () => {
  keys = await makeForgeKeys();
});

type Changes = Partial<Parameters<typeof logoutRequest>[0]>;
const request = (changes: Changes = {}): string =>
  logoutRequest({
    ...{ id: "_logout", at: new Date(), destination: SP.sloUrl, issuer: IDP_ENTITY_ID },
    ...{ nameId: "carol@example.com", sessionIndex: "s1" },
    ...changes,
  });
const right = (changes: Changes = {}, key = keys.idp): string =>
  Buffer.from(
    postedForm("https://x.example", "SAMLRequest", request(changes), "", key).fields["SAMLRequest"]!,
    "base64",
  ).toString();
const formOf = (xml: string): URLSearchParams => new URLSearchParams({ SAMLRequest: posted(xml) });

function codeOf(form: URLSearchParams): string {
  try {
    const { xml } = readPostedForm(form, [keys.idp.certificatePem]);
    const expected = { issuer: IDP_ENTITY_ID, destination: SP.sloUrl, clockSkewMs: 60_000, nowMs: Date.now() };
    const rules = { ...expected, decryptionKeys: [keys.ours.keyPem], allowsCbc: false };
    return `accepted ${readLogoutRequest(xml, rules).nameId}`;
  } catch (error) {
    if (error instanceof ProviderRefusal) return error.reason;
    throw error;
  }
}

describe("sign-out messages in a posted form", () => {
  test("a signed one is taken, with its RelayState; so is an answer", () => {
    expect(codeOf(formOf(right()))).toBe("accepted carol@example.com");
    const xml = logoutResponse({
      ...{ id: "_answer", at: new Date(), destination: SP.sloUrl, issuer: IDP_ENTITY_ID, inResponseTo: "_ours" },
    });
    const { fields } = postedForm("https://x.example", "SAMLResponse", xml, "there & back", keys.idp);
    const read = readPostedForm(new URLSearchParams(fields), [keys.idp.certificatePem]);
    expect(read).toMatchObject({ name: "SAMLResponse", relayState: "there & back" });
    expect(read.xml).toContain('InResponseTo="_ours"');
  });

  test("NA36 a name that was encrypted for us is opened, one for others or in AES-CBC is not", () => {
    const name = `<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">carol@example.com</saml:NameID>`;
    const named = (style: Parameters<typeof encrypted>[2], certificate = keys.ours.certificatePem): URLSearchParams => {
      const sealed = encrypted(name, certificate, style, "EncryptedID");
      const xml = request().replace(/<saml:NameID[^]*?<\/saml:NameID>/u, sealed);
      return formOf(signed(xml, "LogoutRequest", keys.idp));
    };
    expect(codeOf(named({}))).toBe("accepted carol@example.com");
    expect(codeOf(named({ cipher: "aes-256-cbc" }))).toBe("encryption.algorithm");
    expect(codeOf(named({}, keys.stranger.certificatePem))).toBe("encryption.failed");
  });

  test("NA36 unsigned, foreign, altered, wrapped, doubled, old and oversized ones are refused, each with its code", () => {
    const plain = right();
    const signature = /<ds:Signature\b[^]*?<\/ds:Signature>/u.exec(plain)![0];
    const evil = request({ id: "_evil", nameId: "admin@example.com" });
    const into = (xml: string, content: string): string => xml.replace("</saml:Issuer>", `</saml:Issuer>${content}`);
    const unsigned = plain.replace(signature, "");
    const cases: readonly (readonly [string, string])[] = [
      [request(), "logout.unsigned"],
      [right({}, keys.stranger), "signature.wrong"],
      [plain.replace("carol@", "admin@"), "signature.wrong"],
      [into(evil, signature), "structure.signature"],
      [
        into(evil, signature.replace("</ds:Signature>", `<ds:Object>${unsigned}</ds:Object></ds:Signature>`)),
        "structure.signature",
      ],
      [into(evil, plain), "structure.signature"],
      [into(plain, signature), "structure.signature"],
      [into(evil.replace('ID="_evil"', 'ID="_logout"'), plain), "structure.ids"],
      [into(plain, `<saml:Assertion ID="_a"/>`), "structure.assertions"],
      [plain.replaceAll("xmldsig-more#rsa-sha256", "xmldsig-more#ecdsa-sha256"), "signature.algorithm"],
      [
        signed(request(), "LogoutRequest", keys.idp, { algorithm: "http://www.w3.org/2000/09/xmldsig#rsa-sha1" }),
        "signature.algorithm",
      ],
      [right({ issuer: "https://evil.example" }), "issuer.wrong"],
      [right({ destination: "https://other.example/slo" }), "destination.wrong"],
      [right({ at: new Date(Date.now() - 3_600_000) }), "assertion.expired"],
      [right({ at: new Date(Date.now() + 3_600_000) }), "assertion.too_early"],
      [right({ nameId: "" }), "name_id.missing"],
      [`<!DOCTYPE x>${plain}`, "message.declarations"],
      [plain.replace("carol@example.com", "admin@example.com<!---->"), "message.declarations"],
      [into(plain, `<x>${"a".repeat(300 << 10)}</x>`), "message.too_large"],
      ["no XML", "message.not_xml"],
    ];
    expect(cases.map(([xml]) => codeOf(formOf(xml)))).toEqual(cases.map(([, code]) => code));
    const message = posted(plain);
    const long = "x".repeat(3000);
    for (const form of [
      "",
      `SAMLRequest=${message}&SAMLRequest=${message}`,
      `SAMLRequest=${message}&SAMLResponse=${message}`,
      `SAMLRequest=${message}&RelayState=a&RelayState=b`,
      `SAMLRequest=${message}&RelayState=${long}`,
    ])
      expect(codeOf(new URLSearchParams(form.replaceAll("+", "%2B")))).toBe("message.form");
  });

  test("random damage never throws anything but a refusal, and never names anybody else", () => {
    const bytes = Buffer.from(right());
    for (let round = 0; round < 200; round += 1) {
      const damaged = Buffer.from(bytes);
      damaged[Math.floor(Math.random() * damaged.length)] = 32 + Math.floor(Math.random() * 95);
      const said = codeOf(new URLSearchParams({ SAMLRequest: damaged.toString("base64") }));
      if (said.startsWith("accepted")) expect(said).toBe("accepted carol@example.com");
    }
  });
});
