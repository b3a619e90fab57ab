import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Provider } from "../../protocol/api/providers.ts";
import { insertGroupPolicy } from "../test/peers/group-policy.ts";
import { type ForgeKeys, IDP_ENTITY_ID, makeForgeKeys } from "../test/peers/saml-forge.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { noRooms, startTestServer, type TestServer } from "../test/test-server.ts";
import { ourMetadata } from "./saml/our-metadata.ts";
import { makeSigningKey } from "./saml/signing-key.ts";

const BASE = "/api/login/providers";

describe("security providers", () => {
  let site: TestServer;
  let admin: TestBrowser;
  let keys: ForgeKeys;
  let count = 0;

  beforeAll(async () => {
    keys = await makeForgeKeys();
    site = await startTestServer({ openRooms: noRooms });
  });
  afterAll(() => site?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    admin = await site.administrator();
  });

  const mapping = {
    attributes: { username: "uid", displayName: "cn", email: "mail", groups: "groups" },
    createsAccounts: true,
    groupSync: "additive",
    groupRules: [] as unknown[],
  };
  const saml = (changes: Record<string, unknown> = {}) => ({
    kind: "saml",
    entityId: IDP_ENTITY_ID,
    signInUrl: "https://idp.example.com/sso",
    signOutUrl: null,
    certificates: [keys.idp.certificatePem],
    signsRequests: true,
    wantsEncryptedAssertions: false,
    allowsCbc: false,
    clockSkewSeconds: 60,
    allowsIdpInitiated: true,
    ...changes,
  });
  const draft = (changes: Record<string, unknown> = {}) => {
    count += 1;
    return { name: `Provider ${count}`, isEnabled: true, config: saml(), emailDomains: [], mapping, ...changes };
  };
  const create = (changes?: Record<string, unknown>) => admin.json<Provider>("POST", BASE, draft(changes));
  const refusal = async (changes: Record<string, unknown>) => {
    const response = await admin.request("POST", BASE, { body: draft(changes) });
    return (await response.json()) as { code: string; message: string };
  };
  const rows = () => site.core.database.queries.selectFrom("providers").selectAll().execute();

  test("one is made, changed with the version one has seen, ordered and removed; the audit log tells of each", async () => {
    const [first, second] = [await create(), await create()];
    expect(first.ours).toMatchObject({ acsUrl: `https://localhost:${site.port}/saml/${first.id}/acs` });
    const changed = await admin.json<Provider>("PATCH", `${BASE}/${first.id}`, { version: 1, name: "Northmoor IdP" });
    expect(changed).toMatchObject({ name: "Northmoor IdP", version: 2, config: { entityId: IDP_ENTITY_ID } });
    const late = { body: { version: 1, name: "Too late" } };
    expect(await admin.refusal("PATCH", `${BASE}/${first.id}`, late)).toEqual({ status: 409, code: "request.stale" });
    const { providers } = await admin.json<{ providers: Provider[] }>("PUT", `${BASE}/order`, {
      ids: [second.id, first.id],
    });
    expect(providers.map(({ id, position }) => ({ id, position }))).toEqual([
      { id: second.id, position: 1 },
      { id: first.id, position: 2 },
    ]);
    const half = { body: { ids: [first.id] } };
    expect(await admin.refusal("PUT", `${BASE}/order`, half)).toEqual({ status: 409, code: "request.stale" });
    for (const { id } of providers) await admin.json("DELETE", `${BASE}/${id}`);
    expect(await rows()).toEqual([]);
    const events = await site.core.database.queries
      .selectFrom("audit_events")
      .select("action")
      .orderBy("sequence")
      .execute();
    const told = events.map(({ action }) => action).filter((action) => action.startsWith("provider."));
    expect(told).toEqual([
      ...["provider.created", "provider.created", "provider.changed", "provider.changed"],
      ...["provider.deleted", "provider.deleted"],
    ]);
  });

  test("settings that cannot work are refused with what to change", async () => {
    const ec = site.core.certificates;
    const { certificate: pem } = await ec.served().then(({ chainPem }) => ({ certificate: chainPem }));
    const ldap = {
      ...{ kind: "ldap", urls: ["ldaps://ldap.example.com"], startTls: true, certificateAuthority: "", bindDn: "" },
      ...{ userBaseDn: "dc=x", usernameAttribute: "uid", groupBaseDn: "", timeoutSeconds: 5 },
    };
    const oidc = { kind: "oidc", issuer: "http://idp.example.com", clientId: "x", scopes: "", clockSkewSeconds: 0 };
    const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
      [{ config: saml({ certificates: ["no certificate"] }) }, "not for RSA"],
      [{ config: saml({ certificates: [pem] }) }, "not for RSA"],
      [{ config: saml({ signInUrl: "http://idp.example.com/sso" }) }, "has to begin with https://"],
      [{ config: ldap }, "Choose one"],
      [{ config: oidc }, "has to begin with https://"],
      [{ config: { kind: "scim", signsInBy: "AAAAAAAAAAAAAAAAAAAAAA" } }, "Choose an existing"],
      [
        { mapping: { ...mapping, groupRules: [{ group: "x", groupPolicies: ["AAAAAAAAAAAAAAAAAAAAAA"], teams: [] }] } },
        "group policy that does not exist",
      ],
      [
        { mapping: { ...mapping, groupRules: [{ group: "x", groupPolicies: [], teams: ["AAAAAAAAAAAAAAAAAAAAAA"] }] } },
        "team that does not exist",
      ],
    ];
    for (const [changes, words] of wrong)
      expect(await refusal(changes)).toMatchObject({
        code: "provider.invalid",
        message: expect.stringContaining(words),
      });
    expect(await rows()).toEqual([]);
  });

  test("a domain leads to one provider: another cannot claim it in any spelling, on or off", async () => {
    const first = await create({
      name: "Head office",
      emailDomains: ["Example.COM", "MÜNCHEN.example.", "example.com"],
    });
    expect(first.emailDomains).toEqual(["example.com", "xn--mnchen-3ya.example"]);
    const second = await create({ emailDomains: ["other.example"] });
    const claim = async (emailDomains: string[]) => {
      const { version } = await admin.json<Provider>("GET", `${BASE}/${second.id}`);
      const response = await admin.request("PATCH", `${BASE}/${second.id}`, { body: { version, emailDomains } });
      return (await response.json()) as { code?: string; message?: string };
    };
    const taken = { code: "request.conflict", message: expect.stringContaining("lead to Head office already") };
    for (const domain of ["example.com", "EXAMPLE.com", "example.com.", "xn--mnchen-3ya.example", "München。example"]) {
      expect(await claim(["other.example", domain])).toMatchObject(taken);
      expect(await refusal({ emailDomains: [domain] })).toMatchObject(taken);
    }
    await admin.json("PATCH", `${BASE}/${first.id}`, { version: first.version, isEnabled: false });
    expect(await claim(["example.com"])).toMatchObject(taken);
    expect(await claim(["no domain"])).toMatchObject({ code: "provider.invalid" });
    const where = async (email: string) =>
      (await admin.json<{ provider: string | null }>("POST", "/api/login/sign-in/where", { email })).provider;
    await admin.json("PATCH", `${BASE}/${first.id}`, { version: first.version + 1, isEnabled: true });
    expect(await where("carol@münchen.EXAMPLE")).toBe(first.id);
    expect(await where("carol@example.com")).toBe(first.id);
    expect(await where("example.com")).toBeNull();
    await admin.json("PATCH", `${BASE}/${first.id}`, { version: first.version + 2, emailDomains: [] });
    expect(await claim(["example.com"])).toMatchObject({ emailDomains: ["example.com"] });
    expect(await where("carol@example.com")).toBe(second.id);
    for (const { id } of [first, second]) await admin.json("DELETE", `${BASE}/${id}`);
  });

  test("a kept secret stays with the server it was typed for: for another one it has to be typed again", async () => {
    const oidc = { kind: "oidc", issuer: "https://id.example.com", clientId: "x", scopes: "", clockSkewSeconds: 0 };
    const ldap = {
      ...{ kind: "ldap", urls: ["ldaps://one.example", "ldaps://two.example"], startTls: false, bindDn: "cn=x" },
      ...{ certificateAuthority: "", userBaseDn: "dc=x", usernameAttribute: "uid", groupBaseDn: "", timeoutSeconds: 5 },
    };
    const { chainPem } = await site.core.certificates.served();
    const elsewhere: readonly (readonly [object, object])[] = [
      [oidc, { issuer: "https://evil.example" }],
      [oidc, { issuer: "https://id.example.com.evil.example" }],
      [ldap, { urls: ["ldaps://evil.example"] }],
      [ldap, { urls: [...ldap.urls, "ldaps://evil.example"] }],
      [ldap, { certificateAuthority: chainPem }],
      [{ ...ldap, urls: ["ldap://one.example"], startTls: true }, { startTls: false }],
    ];
    for (const [config, changed] of elsewhere) {
      const { id } = await create({ config, secret: "kept" });
      const send = (body: object) => admin.request("PATCH", `${BASE}/${id}`, { body: { version: 1, ...body } });
      const refused = await send({ config: { ...config, ...changed } });
      expect(await refused.json()).toMatchObject({
        code: "provider.invalid",
        message: expect.stringContaining("Type it again"),
      });
      const { config: stored, secrets } = await site.core.providers.providers.get(id);
      expect({ stored: stored as unknown, secret: secrets.secret }).toEqual({ stored: config, secret: "kept" });
      expect((await send({ config: { ...config, ...changed }, secret: "typed again" })).status).toBe(200);
      expect((await site.core.providers.providers.get(id)).secrets.secret).toBe("typed again");
      await admin.json("DELETE", `${BASE}/${id}`);
    }
    const { id } = await create({ config: oidc, secret: "kept" });
    await admin.json("PATCH", `${BASE}/${id}`, { version: 1, config: { ...oidc, clientId: "y" } });
    expect((await site.core.providers.providers.get(id)).secrets.secret).toBe("kept");
    await admin.json("DELETE", `${BASE}/${id}`);
  });

  test("our signing key is sealed and never answered; the metadata carries the certificate", async () => {
    const { id } = await create();
    const stored = JSON.stringify(await rows());
    expect(stored).not.toContain("PRIVATE KEY");
    const answers = await Promise.all(
      ["", `/${id}`, `/${id}/metadata`].map((path) => admin.request("GET", BASE + path)),
    );
    for (const answer of answers) expect(await answer.text()).not.toContain("PRIVATE KEY");
    const open = await site.browser().request("GET", `/saml/${id}/metadata`);
    expect(await open.text()).toContain(`entityID="https://localhost:${site.port}/saml/${id}/metadata"`);
    await admin.json("DELETE", `${BASE}/${id}`);
  });

  test("NA13 other sites' pages may send people back from providers and nothing else", () => {
    const open = site.server.routes.filter(({ shapes }) => shapes.callers === "any-site");
    expect(open.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      "GET /oidc/:id/callback",
      "GET /saml/:id/slo",
      "POST /saml/:id/acs",
      "POST /saml/:id/slo",
    ]);
    const programs = site.server.routes.filter(({ shapes }) => shapes.callers === "programs");
    for (const { path } of programs) expect(path).toMatch(/^\/(?:scim\/v2\/|saml\/:id\/metadata$|api\/oauth\/)/u);
  });

  test("a provider one has come by is not removed from under its accounts", async () => {
    const { id } = await create();
    await site.core.database.queries.updateTable("representatives").set({ provider: id }).execute();
    const refused = await admin.refusal("DELETE", `${BASE}/${id}`);
    await site.core.database.queries.updateTable("representatives").set({ provider: "local" }).execute();
    expect(refused).toEqual({ status: 409, code: "request.conflict" });
    await admin.json("DELETE", `${BASE}/${id}`);
  });

  test("NA11 who edits providers and is no administrator can neither give nor take over what they do not hold", async () => {
    const strong = await insertGroupPolicy(site.core, "All", { "site.administer": { value: true, isFinal: false } });
    const editing = {
      "providers.edit": { value: true, isFinal: false },
      "providers.view": { value: true, isFinal: false },
    };
    const weak = await insertGroupPolicy(site.core, "Editors", editing);
    const used = await create();
    await site.core.database.queries.updateTable("providers").set({ was_used_by_administrator: 1 }).execute();
    const ed = await site.representative("ed", undefined, "login");
    const { id } = (await site.core.database.queries
      .selectFrom("representatives")
      .select("id")
      .where("username", "=", "ed")
      .executeTakeFirst())!;
    await site.core.database.queries
      .insertInto("group_policy_users")
      .values({ group_policy: weak, representative: id })
      .execute();
    await site.core.policyBook.changed();
    const rules = (policy: string) => ({
      ...mapping,
      groupRules: [{ group: "x", groupPolicies: [policy], teams: [] }],
    });
    const attempt = (changes: Record<string, unknown>) => ed.refusal("POST", BASE, { body: draft(changes) });
    expect(await attempt({ mapping: rules(strong) })).toEqual({ status: 403, code: "permission.not_held" });
    expect(await attempt({ mapping: rules(weak) })).toEqual({ status: 200, code: "" });
    const change = { body: { version: 1, config: saml({ certificates: [keys.stranger.certificatePem] }) } };
    expect(await ed.refusal("PATCH", `${BASE}/${used.id}`, change)).toEqual({
      status: 403,
      code: "permission.not_held",
    });
    expect(await ed.refusal("DELETE", `${BASE}/${used.id}`)).toEqual({ status: 403, code: "permission.not_held" });
  });
});

describe("metadata of identity providers", () => {
  test("a draft comes of it, with every signing certificate during a rollover", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    const admin = await site.administrator();
    const [now, next] = [await makeSigningKey("a", new Date()), await makeSigningKey("b", new Date())];
    const key = ({ certificatePem }: { certificatePem: string }, use: string): string =>
      `<md:KeyDescriptor${use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificatePem.replace(/-----[A-Z ]+-----/gu, "")}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
    const binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP";
    const metadata = (entityId: string): string =>
      `<!-- made by hand --><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityId}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${key(now, ' use="signing"')}${key(next, "")}<md:SingleSignOnService Binding="${binding}-POST" Location="https://idp.example/post"/><md:SingleSignOnService Binding="${binding}-Redirect" Location="https://idp.example/redirect?a=1&amp;b=2"/></md:IDPSSODescriptor></md:EntityDescriptor>`;
    const read = (xml: string) => admin.request("POST", `${BASE}/saml/read-metadata`, { body: { xml } });
    const draft = (await (await read(metadata("urn:idp"))).json()) as { certificates: string[] };
    expect(draft).toMatchObject({
      entityId: "urn:idp",
      signInUrl: "https://idp.example/redirect?a=1&b=2",
      signOutUrl: null,
    });
    expect(draft.certificates).toHaveLength(2);
    const ec = { certificatePem: (await site.core.certificates.served()).chainPem };
    const beside = metadata("urn:idp").replace("<md:SingleSignOn", `${key(ec, "")}<md:SingleSignOn`);
    const mixed = (await (await read(beside)).json()) as { certificates: string[] };
    expect(mixed.certificates).toEqual(draft.certificates);
    const ours = ourMetadata({
      ...{ entityId: "x", acsUrl: "x", sloUrl: "x", certificates: [now.certificatePem] },
      ...{ signsRequests: true, allowsCbc: false },
    });
    const both = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${metadata("a")}${metadata("b")}</md:EntitiesDescriptor>`;
    const wrong = [
      [ours, "describes no identity provider"],
      [both, "several identity providers"],
      ["<x/>", "describes no identity provider"],
      ["no XML", "is not SAML metadata"],
      [`<!DOCTYPE x>${metadata("a")}`, "is not SAML metadata"],
      [metadata("a").replaceAll("HTTP-Redirect", "SOAP"), "names no sign-in address"],
      [metadata("a").replace(/<md:KeyDescriptor[^]*<\/md:KeyDescriptor>/u, ""), "holds no certificate"],
      [metadata("a").replace("MII", "AAA"), "cannot be read"],
      [
        metadata("a").replace(/<md:KeyDescriptor[^]*<\/md:KeyDescriptor>/u, key(ec, "")),
        "Set the identity provider to RSA-SHA256",
      ],
    ] as const;
    for (const [xml, words] of wrong)
      expect(await (await read(xml)).json()).toMatchObject({
        code: "provider.invalid",
        message: expect.stringContaining(words),
      });
  });
});
