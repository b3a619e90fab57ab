import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Provider, SamlConfig, TestResult, TestSignIn } from "../../../protocol/api/providers.ts";
import type { Static } from "@sinclair/typebox";
import { systemClock } from "../../clock.ts";
import type { TestBrowser } from "../../test/test-browser.ts";
import { ADMINISTRATOR, noRooms, PASSWORD, startTestServer, type TestServer } from "../../test/test-server.ts";
import { insertGroupPolicy } from "../../test/peers/group-policy.ts";
import { SAML_PEOPLE, type SimpleSamlPhp, startSimpleSamlPhp } from "../../test/peers/simple-saml-php.ts";
import { type VisitedPage, WebVisitor } from "../../test/peers/web-visitor.ts";

describe("SAML with SimpleSAMLphp", () => {
  let idp: SimpleSamlPhp;
  let site: TestServer;
  let admin: TestBrowser;
  let provider: Provider;
  let origin: string;

  beforeAll(async () => {
    idp = await startSimpleSamlPhp();
    site = await startTestServer({ clock: systemClock, openRooms: noRooms });
    origin = site.url.replace("127.0.0.1", "localhost");
    admin = await site.administrator();
    const xml = await idp.metadata();
    const config = await admin.json<Static<typeof SamlConfig>>("POST", "/api/login/providers/saml/read-metadata", {
      xml,
    });
    provider = await admin.json<Provider>("POST", "/api/login/providers", {
      name: "SimpleSAMLphp",
      isEnabled: true,
      config,
      emailDomains: ["example.com"],
      mapping: {
        attributes: { username: "uid", displayName: "cn", email: "mail", groups: "groups" },
        createsAccounts: true,
        groupSync: "authoritative",
        groupRules: [],
      },
    });
    idp.know(await ourMetadata());
    await bringsConsole("Support", "Desk");
  });
  afterAll(async () => {
    await site?.[Symbol.asyncDispose]();
    await idp?.[Symbol.asyncDispose]();
  });

  const ourMetadata = async (): Promise<string> =>
    await (await admin.request("GET", `/api/login/providers/${provider.id}/metadata`)).text();

  /** Sends a change with the version there is. */
  async function change(changes: Record<string, unknown>): Promise<void> {
    const { version } = await admin.json<Provider>("GET", `/api/login/providers/${provider.id}`);
    provider = await admin.json<Provider>("PATCH", `/api/login/providers/${provider.id}`, { version, ...changes });
  }

  /** A group policy that lets members of groups there use the console. */
  async function bringsConsole(...groups: string[]): Promise<void> {
    const id = await insertGroupPolicy(site.core, "Console", { "console.use": { value: true, isFinal: false } });
    await change({
      mapping: { ...provider.mapping, groupRules: groups.map((group) => ({ group, groupPolicies: [id], teams: [] })) },
    });
  }

  /** From the identity provider's form to where the browser comes to rest. */
  async function signInThere(visitor: WebVisitor, page: VisitedPage, name: keyof typeof SAML_PEOPLE) {
    const answer = await visitor.submit(page, { username: name, password: SAML_PEOPLE[name] });
    return await visitor.submit(answer);
  }
  const accountOf = async (visitor: WebVisitor, area: string) =>
    (await (await visitor.ask("GET", `${origin}/api/${area}/account`)).json()) as { username?: string; code?: string };

  const lands = ({ url }: VisitedPage) => `${url.origin}${url.pathname}${url.search}`;
  const refusalOf = async (visitor: WebVisitor, page: VisitedPage) => {
    const token = page.url.searchParams.get("refused");
    return (await (await visitor.ask("GET", `${origin}/api/sign-in-refusals/${token}`)).json()) as { code: string };
  };

  test("LOGIN-21 a tile whose RelayState is exactly console lands on /console", async () => {
    const visitor = new WebVisitor();
    const form = await visitor.open(idp.tile(provider.ours!.entityId, "console"));
    expect(lands(await signInThere(visitor, form, "carol"))).toBe(`${origin}/console`);
    expect(await accountOf(visitor, "console")).toMatchObject({ username: "carol", displayName: "Carol Jones" });
    expect(await accountOf(visitor, "login")).toMatchObject({ code: "sign_in.required" });
  });

  test.each(["", "/console", "Console", "console ", "https://evil.example/"])(
    "LOGIN-22 a tile with the RelayState %p lands on /login",
    async (relayState) => {
      const visitor = new WebVisitor();
      const form = await visitor.open(idp.tile(provider.ours!.entityId, relayState));
      expect(lands(await signInThere(visitor, form, "carol"))).toBe(`${origin}/login`);
      expect(await accountOf(visitor, "login")).toMatchObject({ username: "carol" });
    },
  );

  test("LOGIN-23 SimpleSAMLphp imports our metadata and answers a request that began here", async () => {
    const visitor = new WebVisitor();
    const form = await visitor.open(`${origin}/api/console/sign-in/with/${provider.id}`);
    expect(form.url.origin).toBe(idp.url);
    expect(lands(await signInThere(visitor, form, "carol"))).toBe(`${origin}/console`);
    expect(await accountOf(visitor, "console")).toMatchObject({ username: "carol" });
  });

  test("an answer to a request of another browser is refused", async () => {
    const [mallory, carol] = [new WebVisitor(), new WebVisitor()];
    const form = await mallory.open(`${origin}/api/login/sign-in/with/${provider.id}`);
    const answer = await mallory.submit(form, { username: "dave", password: SAML_PEOPLE.dave });
    const landed = await carol.submit(answer);
    expect(landed.url.pathname).toBe("/login");
    expect(await refusalOf(carol, landed)).toMatchObject({ code: "request.other_browser" });
    expect(await accountOf(carol, "login")).toMatchObject({ code: "sign_in.required" });
  });

  test("an answer is taken once", async () => {
    const visitor = new WebVisitor();
    const form = await visitor.open(idp.tile(provider.ours!.entityId, ""));
    const answer = await visitor.submit(form, { username: "dave", password: SAML_PEOPLE.dave });
    expect(lands(await visitor.submit(answer))).toBe(`${origin}/login`);
    const again = new WebVisitor();
    expect(await refusalOf(again, await again.submit(answer))).toMatchObject({ code: "assertion.replayed" });
  });

  test("an encrypted assertion in AES-CBC is refused until the provider allows it, then opens", async () => {
    idp.know(await ourMetadata(), { isEncrypted: true });
    const enter = async () => {
      const visitor = new WebVisitor();
      const form = await visitor.open(idp.tile(provider.ours!.entityId, ""));
      return { visitor, landed: await signInThere(visitor, form, "dave") };
    };
    const before = await enter();
    expect(await refusalOf(before.visitor, before.landed)).toMatchObject({ code: "encryption.algorithm" });
    await change({ config: { ...provider.config, allowsCbc: true, wantsEncryptedAssertions: true } });
    expect(lands((await enter()).landed)).toBe(`${origin}/login`);
    idp.know(await ourMetadata());
    const plain = await enter();
    expect(await refusalOf(plain.visitor, plain.landed)).toMatchObject({ code: "encryption.required" });
    await change({ config: { ...provider.config, allowsCbc: false, wantsEncryptedAssertions: false } });
  });

  test("an encrypted name in AES-CBC is refused until the provider allows it; then it signs in, and out", async () => {
    idp.know(await ourMetadata(), { isNameEncrypted: true });
    const enter = async () => {
      const visitor = new WebVisitor();
      const form = await visitor.open(idp.tile(provider.ours!.entityId, ""));
      return { visitor, landed: await signInThere(visitor, form, "dave") };
    };
    const before = await enter();
    expect(await refusalOf(before.visitor, before.landed)).toMatchObject({ code: "encryption.algorithm" });
    await change({ config: { ...provider.config, allowsCbc: true } });
    const { visitor, landed } = await enter();
    expect(lands(landed)).toBe(`${origin}/login`);
    expect(await accountOf(visitor, "login")).toMatchObject({ username: "dave" });
    await visitor.open(`${idp.url}/saml2/idp/SingleLogoutService.php?ReturnTo=${idp.url}/`);
    expect(await accountOf(visitor, "login")).toMatchObject({ code: "sign_in.required" });
    idp.know(await ourMetadata());
    await change({ config: { ...provider.config, allowsCbc: false } });
  });

  test("signing out there signs out here, and signing out here leads there", async () => {
    const visitor = new WebVisitor();
    const form = await visitor.open(idp.tile(provider.ours!.entityId, ""));
    await signInThere(visitor, form, "dave");
    expect(await accountOf(visitor, "login")).toMatchObject({ username: "dave" });
    await visitor.ask("POST", `${origin}/api/login/launch-console`);
    expect(await accountOf(visitor, "console")).toMatchObject({ username: "dave" });
    await visitor.open(`${idp.url}/saml2/idp/SingleLogoutService.php?ReturnTo=${idp.url}/`);
    for (const area of ["login", "console"])
      expect(await accountOf(visitor, area)).toMatchObject({ code: "sign_in.required" });

    await signInThere(visitor, await visitor.open(idp.tile(provider.ours!.entityId, "")), "dave");
    const answer = await visitor.ask("POST", `${origin}/api/login/sign-out-at-provider`);
    const { url } = (await answer.json()) as { url: string };
    expect(url).toStartWith(`${idp.url}/saml2/idp/SingleLogoutService.php?SAMLRequest=`);
    expect(await accountOf(visitor, "login")).toMatchObject({ code: "sign_in.required" });
    expect(lands(await visitor.open(url, false))).toBe(`${origin}/login`);
    const asked = await visitor.open(idp.tile(provider.ours!.entityId, ""));
    expect(asked.text).toContain("password");
  });

  test("our signing certificate is replaced without a sign-in lost: both are known until the old one goes", async () => {
    const withTwo = await admin.json<Provider>("POST", `/api/login/providers/${provider.id}/signing-certificate`);
    const xml = await ourMetadata();
    expect(xml.match(/use="signing"/gu)).toHaveLength(2);
    idp.know(xml);
    await admin.json("DELETE", `/api/login/providers/${provider.id}/signing-certificate`);
    const visitor = new WebVisitor();
    const form = await visitor.open(`${origin}/api/login/sign-in/with/${provider.id}`);
    expect(lands(await signInThere(visitor, form, "dave"))).toBe(`${origin}/login`);
    const last = await admin.refusal("DELETE", `/api/login/providers/${provider.id}/signing-certificate`);
    expect(last).toEqual({ status: 400, code: "provider.invalid" });
    expect(withTwo.certificateExpiresAt).not.toBeNull();
    await change({});
  });

  test("a test sign-in shows every attribute and changes nothing", async () => {
    const people = () => site.core.database.queries.selectFrom("representatives").selectAll().execute();
    const before = await people();
    await change({ mapping: { ...provider.mapping, createsAccounts: true } });
    const visitor = new WebVisitor();
    await visitor.ask("POST", `${origin}/api/login/sign-in`, { username: ADMINISTRATOR, password: PASSWORD });
    const base = `${origin}/api/login/providers/${provider.id}`;
    const { url, attempt } = (await (await visitor.ask("POST", `${base}/test-sign-in`)).json()) as TestSignIn;
    const result = async () =>
      (await (await visitor.ask("GET", `${base}/test-result/${attempt}`)).json()) as TestResult;
    expect(await result()).toMatchObject({ state: "waiting" });
    const done = await signInThere(visitor, await visitor.open(url), "carol");
    expect(done.text).toContain("The test is done.");
    expect(await result()).toMatchObject({
      state: "succeeded",
      wouldBe: { username: "carol", groups: ["Support", "Admins"], groupPolicies: ["Console"], isNew: false },
      attributes: expect.arrayContaining([{ name: "mail", values: ["carol@example.com"] }]),
    });
    const after = (await people()).filter(({ username }) => username !== ADMINISTRATOR);
    expect(after).toEqual(before.filter(({ username }) => username !== ADMINISTRATOR));
    const told = await admin.json<{ rows: { code: string; message: string }[] }>(
      "GET",
      `/api/login/providers/${provider.id}/log`,
    );
    expect(told.rows.find(({ code }) => code === "request.other_browser")?.message).toContain("another browser");
  });

  test("an administrator who came by the provider is remembered: only then may local passwords be closed", async () => {
    const wasUsed = async () => (await site.core.providers.providers.get(provider.id)).wasUsedByAdministrator;
    expect(await wasUsed()).toBe(false);
    const id = await insertGroupPolicy(site.core, "All", { "site.administer": { value: true, isFinal: false } });
    await change({
      mapping: { ...provider.mapping, groupRules: [{ group: "Admins", groupPolicies: [id], teams: [] }] },
    });
    const visitor = new WebVisitor();
    await signInThere(visitor, await visitor.open(idp.tile(provider.ours!.entityId, "")), "carol");
    expect(await accountOf(visitor, "login")).toMatchObject({ isAdministrator: true });
    expect(await wasUsed()).toBe(true);
  });

  test("switching the provider off signs out who came by it, and lets nobody in", async () => {
    const visitor = new WebVisitor();
    const answer = await visitor.open(idp.tile(provider.ours!.entityId, ""));
    await signInThere(visitor, answer, "carol");
    expect(await accountOf(visitor, "login")).toMatchObject({ username: "carol" });
    await change({ isEnabled: false });
    expect(await accountOf(visitor, "login")).toMatchObject({ code: "sign_in.required" });
    const again = await visitor.open(`${origin}/api/login/sign-in/with/${provider.id}`);
    expect(await refusalOf(visitor, again)).toMatchObject({ code: "provider.off" });
    const posted = await visitor.submit(await visitor.open(idp.tile(provider.ours!.entityId, "")));
    expect(await refusalOf(visitor, posted)).toMatchObject({ code: "provider.off" });
    await change({ isEnabled: true });
  });

  test("somebody with an address of a provider's domain is sent there, anybody else is not", async () => {
    const where = (email: string) => admin.json("POST", "/api/login/sign-in/where", { email });
    expect(await where("somebody@EXAMPLE.com")).toEqual({ provider: provider.id });
    expect(await where("somebody@example.com.evil.example")).toEqual({ provider: null });
  });
});
