import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Provider } from "../../protocol/api/providers.ts";
import { freePort } from "../test/peers/simple-saml-php.ts";
import { IDP_ENTITY_ID, makeForgeKeys } from "../test/peers/saml-forge.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { noRooms, startTestServer, type TestServer } from "../test/test-server.ts";
import { ProviderRefusal } from "./refusal.ts";
import { INTERVAL_MS, MAX_ROWS_EACH, MAX_ROWS_OF_PROVIDER } from "./refusal-notes.ts";

describe("refused answers", () => {
  let site: TestServer;
  let admin: TestBrowser;
  const made: Provider[] = [];
  const create = async (config: object): Promise<Provider> => {
    const mapping = {
      ...{ createsAccounts: true, groupSync: "additive", groupRules: [] },
      attributes: { username: "", displayName: "", email: "", groups: "" },
    };
    const name = `Provider ${made.length}`;
    const draft = { name, isEnabled: true, config, emailDomains: [], mapping };
    const provider = await admin.json<Provider>("POST", "/api/login/providers", draft);
    made.push(provider);
    return provider;
  };
  beforeAll(async () => {
    site = await startTestServer({ openRooms: noRooms });
    admin = await site.administrator();
    const { idp } = await makeForgeKeys();
    await create({
      ...{ kind: "saml", entityId: IDP_ENTITY_ID, signInUrl: "https://idp.example.com/sso", signOutUrl: null },
      ...{ certificates: [idp.certificatePem], signsRequests: true, wantsEncryptedAssertions: false, allowsCbc: false },
      ...{ clockSkewSeconds: 60, allowsIdpInitiated: true },
    });
    const issuer = `http://127.0.0.1:${freePort()}`;
    await create({ kind: "oidc", issuer, clientId: "x", scopes: "", clockSkewSeconds: 0 });
    await create({
      ...{ kind: "ldap", urls: [`ldap://127.0.0.1:${freePort()}`], startTls: false, certificateAuthority: "" },
      ...{ bindDn: "", userBaseDn: "dc=x", usernameAttribute: "uid", groupBaseDn: "", timeoutSeconds: 1 },
    });
  });
  afterAll(() => site?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    site.clock!.advance(INTERVAL_MS);
    await site.core.providers.refusals.writeOver();
    await site.core.database.queries.deleteFrom("provider_log").execute();
  });

  const told = async (provider: Provider) => {
    const events = site.core.database.queries.selectFrom("audit_events").select(["detail", "object_id", "address"]);
    const rows = await events.where("action", "=", "provider.refused").where("object_id", "=", provider.id).execute();
    return rows.map(({ detail, address }) => ({ ...(JSON.parse(detail) as { code: string; more?: number }), address }));
  };
  const log = (provider: Provider) =>
    site.core.database.queries.selectFrom("provider_log").selectAll().where("provider", "=", provider.id).execute();
  const knock = (provider: Provider, response: string) =>
    site.browser().request("POST", `/saml/${provider.id}/acs`, {
      raw: new URLSearchParams({ SAMLResponse: response }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded", origin: "https://evil.example" },
    });

  test("a flood of bad SAML answers costs five rows a reason, and one with how many more there were", async () => {
    const [saml] = made as [Provider];
    for (let count = 0; count < 60; count += 1) {
      expect((await knock(saml, "no base64!")).status).toBe(303);
      await knock(saml, Buffer.from("<x/>").toString("base64"));
    }
    const before = await told(saml);
    expect(before).toHaveLength(2 * MAX_ROWS_EACH);
    expect(new Set(before.map(({ address }) => address))).toEqual(new Set(["127.0.0.1"]));
    site.clock!.advance(INTERVAL_MS);
    await site.core.providers.refusals.writeOver();
    const after = (await told(saml)).slice(before.length);
    expect(after).toMatchObject([
      { code: "message.encoding", more: 60 - MAX_ROWS_EACH, address: "" },
      { code: "structure.root", more: 60 - MAX_ROWS_EACH, address: "" },
    ]);
    const rows = await log(saml);
    expect(rows).toHaveLength(2 * MAX_ROWS_EACH + 2);
    expect(rows.at(-1)!.message).toStartWith("55 more were refused for this reason since ");
    await knock(saml, "no base64!");
    expect(await told(saml)).toHaveLength(before.length + 3);
  });

  test("many networks at once cost sixty rows and one more a reason", async () => {
    const [saml] = made as [Provider];
    const { refusals } = site.core.providers;
    const already = (await told(saml)).length;
    for (let count = 0; count < 300; count += 1)
      await refusals.note(saml, new ProviderRefusal("signature.wrong"), `2001:db8:0:${count.toString(16)}::1`, "carol");
    expect(await told(saml)).toHaveLength(already + MAX_ROWS_OF_PROVIDER);
    site.clock!.advance(INTERVAL_MS - 1);
    await refusals.writeOver();
    expect(await told(saml)).toHaveLength(already + MAX_ROWS_OF_PROVIDER);
    site.clock!.advance(1);
    await refusals.writeOver();
    expect((await told(saml)).slice(already + MAX_ROWS_OF_PROVIDER)).toMatchObject([
      { code: "signature.wrong", more: 300 - MAX_ROWS_OF_PROVIDER },
    ]);
  });

  test("one subscriber's IPv6 addresses are one network", async () => {
    const [saml] = made as [Provider];
    const already = (await told(saml)).length;
    for (let count = 0; count < 20; count += 1)
      await site.core.providers.refusals.note(saml, new ProviderRefusal("signature.wrong"), `2001:db8::${count}`);
    expect(await told(saml)).toHaveLength(already + MAX_ROWS_EACH);
    await site.core.providers.refusals.writeRest();
    expect((await told(saml)).at(-1)).toMatchObject({ code: "signature.wrong", more: 20 - MAX_ROWS_EACH });
    await site.core.providers.refusals.writeRest();
    expect(await told(saml)).toHaveLength(already + MAX_ROWS_EACH + 1);
  });

  test("OIDC's and directories' refusals are bounded alike", async () => {
    const [, oidc, ldap] = made as [Provider, Provider, Provider];
    for (let count = 0; count < 12; count += 1) {
      await site.browser().request("GET", `/oidc/${oidc.id}/callback?code=x&state=${count}`);
      await site.core.providers.directories
        .verifyPassword(`user${count}`, "any", ldap.id, "192.0.2.7")
        .catch((error: unknown) => expect(error).toBeInstanceOf(ProviderRefusal));
    }
    expect((await told(oidc)).map(({ code }) => code)).toEqual(Array<string>(MAX_ROWS_EACH).fill("request.unknown"));
    expect((await told(ldap)).map(({ code }) => code)).toEqual(
      Array<string>(MAX_ROWS_EACH).fill("provider.unreachable"),
    );
  });
});
