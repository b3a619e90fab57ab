import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Static } from "@sinclair/typebox";
import type { Provider, SamlConfig } from "../../../protocol/api/providers.ts";
import { type ForgeKeys, IDP_ENTITY_ID, makeForgeKeys } from "../../test/peers/saml-forge.ts";
import type { TestBrowser } from "../../test/test-browser.ts";
import { noRooms, startTestServer, type TestServer } from "../../test/test-server.ts";
import { redirectUrl } from "./redirect-binding.ts";
import { logoutRequest } from "./requests.ts";

const READ = "/api/login/providers/saml/read-metadata";
const HTTP = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-";

const mapping = {
  attributes: { username: "uid", displayName: "cn", email: "mail", groups: "groups" },
  ...{ createsAccounts: false, groupSync: "additive", groupRules: [] },
};

let keys: ForgeKeys;
let site: TestServer;
let admin: TestBrowser;
beforeAll(async () => {
  keys = await makeForgeKeys();
  site = await startTestServer({ openRooms: noRooms });
  admin = await site.administrator();
});
afterAll(() => site?.[Symbol.asyncDispose]());

/** An identity provider's metadata with these sign-out addresses. */
function metadata(...services: readonly string[]): string {
  const certificate = keys.idp.certificatePem.replaceAll(/-----[A-Z ]+-----|\s/gu, "");
  return (
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${IDP_ENTITY_ID}"><md:IDPSSODescriptor ` +
    `protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo ` +
    `xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate>` +
    `</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>${services.join("")}<md:SingleSignOnService ` +
    `Binding="${HTTP}Redirect" Location="https://idp.example.com/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`
  );
}
const service = (binding: "Redirect" | "POST", answers = ""): string =>
  `<md:SingleLogoutService Binding="${HTTP}${binding}" Location="https://idp.example.com/${binding}"${
    answers === "" ? "" : ` ResponseLocation="${answers}"`
  }/>`;
const read = (xml: string) => admin.json<Static<typeof SamlConfig>>("POST", READ, { xml });

/** Signs out there and gives what the browser does next. */
async function answerOf(config: Static<typeof SamlConfig>, id: string): Promise<{ location: string; text: string }> {
  const wish = { name: id, isEnabled: true, config, emailDomains: [], mapping };
  const { ours } = await admin.json<Provider>("POST", "/api/login/providers", wish);
  const words = { id, at: site.clock!.now(), destination: ours!.sloUrl, issuer: IDP_ENTITY_ID };
  const xml = logoutRequest({ ...words, nameId: "carol@example.com", sessionIndex: "s1" });
  const url = new URL(redirectUrl(ours!.sloUrl, "SAMLRequest", xml, "", keys.idp.keyPem));
  const response = await site.browser().request("GET", url.pathname + url.search);
  return { location: response.headers.get("location") ?? "", text: await response.text() };
}

test("answers to its sign-out go where the identity provider wants them, its requests' address stays", async () => {
  const config = await read(metadata(service("Redirect", "https://idp.example.com/answers")));
  expect(config).toMatchObject({
    signOutUrl: "https://idp.example.com/Redirect",
    signOutAnswerUrl: "https://idp.example.com/answers",
    signOutBinding: "redirect",
  });
  expect((await answerOf(config, "_redirect")).location).toStartWith("https://idp.example.com/answers?SAMLResponse=");
  const posting = await read(metadata(service("POST", "https://idp.example.com/posted-answers")));
  expect((await answerOf(posting, "_post")).text).toContain('action="https://idp.example.com/posted-answers"');
});

test("without an address of their own they go to the same, and of two bindings the one in use counts", async () => {
  const config = await read(metadata(service("POST", "https://idp.example.com/other"), service("Redirect")));
  expect(config).toMatchObject({ signOutAnswerUrl: null, signOutBinding: "redirect" });
  expect((await answerOf(config, "_same")).location).toStartWith("https://idp.example.com/Redirect?SAMLResponse=");
});

test("an address that is none, or not encrypted, is refused", async () => {
  for (const answers of ["data:text/html,x", "ftp://idp.example.com/answers", "//evil.example", " "])
    expect(await admin.refusal("POST", READ, { body: { xml: metadata(service("Redirect", answers)) } })).toMatchObject({
      code: "provider.invalid",
    });
  const config = { ...(await read(metadata(service("Redirect")))), signOutAnswerUrl: "http://idp.example.com/answers" };
  const body = { name: "Plain", isEnabled: true, config, emailDomains: [], mapping };
  expect(await admin.refusal("POST", "/api/login/providers", { body })).toMatchObject({ code: "provider.invalid" });
});
