import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Provider, TestResult, TestSignIn } from "../../../protocol/api/providers.ts";
import { systemClock } from "../../clock.ts";
import { insertGroupPolicy } from "../../test/peers/group-policy.ts";
import { OIDC_CLIENT, type OidcPeer, startOidcPeer } from "../../test/peers/oidc-peer.ts";
import { freePort } from "../../test/peers/simple-saml-php.ts";
import { type VisitedPage, WebVisitor } from "../../test/peers/web-visitor.ts";
import type { TestBrowser } from "../../test/test-browser.ts";
import { ADMINISTRATOR, noRooms, PASSWORD, startTestServer, type TestServer } from "../../test/test-server.ts";

describe("OpenID Connect with oidc-provider", () => {
  let peer: OidcPeer;
  let site: TestServer;
  let admin: TestBrowser;
  let provider: Provider;
  let origin: string;

  const groupRules: Record<string, unknown>[] = [];
  const draft = (changes: Record<string, unknown> = {}) => ({
    name: "oidc-provider",
    isEnabled: true,
    config: {
      kind: "oidc",
      issuer: peer.issuer,
      clientId: OIDC_CLIENT.id,
      scopes: "profile email groups",
      clockSkewSeconds: 30,
    },
    emailDomains: [],
    mapping: {
      attributes: { username: "preferred_username", displayName: "name", email: "email", groups: "groups" },
      createsAccounts: true,
      groupSync: "additive",
      groupRules,
    },
    secret: OIDC_CLIENT.secret,
    ...changes,
  });

  beforeAll(async () => {
    peer = await startOidcPeer();
    const person = {
      name: "Carol Jones",
      preferred_username: "carol",
      email: "carol@example.com",
      groups: ["Support"],
    };
    peer.people.set("sub-carol", person);
    peer.people.set("sub-anna", { name: "Not Anna", preferred_username: ADMINISTRATOR });
    site = await startTestServer({ clock: systemClock, openRooms: noRooms });
    origin = site.url.replace("127.0.0.1", "localhost");
    admin = await site.administrator();
    const policy = await insertGroupPolicy(site.core, "Console", { "console.use": { value: true, isFinal: false } });
    groupRules.push({ group: "Support", groupPolicies: [policy], teams: [] });
    provider = await admin.json<Provider>("POST", "/api/login/providers", draft());
    peer.know(provider.ours!.redirectUrl);
  });
  afterAll(async () => {
    await site?.[Symbol.asyncDispose]();
    await peer?.[Symbol.asyncDispose]();
  });

  /** Through the provider's own pages: name and password, then consent. */
  async function signInThere(visitor: WebVisitor, page: VisitedPage, sub: string): Promise<VisitedPage> {
    const consent = await visitor.submit(page, { login: sub, password: "any" });
    return await visitor.submit(consent);
  }
  const begin = (visitor: WebVisitor, id = provider.id) => visitor.open(`${origin}/api/login/sign-in/with/${id}`);
  const ask = async (visitor: WebVisitor, path: string) =>
    (await (await visitor.ask("GET", `${origin}${path}`)).json()) as Record<string, unknown>;
  const refusal = (visitor: WebVisitor, page: VisitedPage) =>
    ask(visitor, `/api/sign-in-refusals/${page.url.searchParams.get("refused")}`);

  test("somebody comes in and has an account with what the provider says", async () => {
    const visitor = new WebVisitor();
    const landed = await signInThere(visitor, await begin(visitor), "sub-carol");
    expect(landed.url.href).toBe(`${origin}/login`);
    expect(await ask(visitor, "/api/login/account")).toMatchObject({ username: "carol", displayName: "Carol Jones" });
  });

  test("who is renamed there keeps the account; who takes another's name there does not get theirs", async () => {
    peer.people.set("sub-carol", { name: "Carol Green", preferred_username: "carol.green", groups: ["Support"] });
    const visitor = new WebVisitor();
    await signInThere(visitor, await begin(visitor), "sub-carol");
    const account = await ask(visitor, "/api/login/account");
    expect(account).toMatchObject({ username: "carol.green", displayName: "Carol Green" });
    const thief = new WebVisitor();
    const landed = await signInThere(thief, await begin(thief), "sub-anna");
    expect(await refusal(thief, landed)).toMatchObject({
      code: "account.name_taken",
      message: expect.stringContaining("It was not taken over."),
    });
    expect(await ask(thief, "/api/login/account")).toMatchObject({ code: "sign_in.required" });
  });

  test("an answer in another browser, a second time or with another state is refused", async () => {
    const visitor = new WebVisitor();
    const landed = await signInThere(visitor, await begin(visitor), "sub-carol");
    expect(landed.url.pathname).toBe("/login");
    const callback = provider.ours!.redirectUrl;
    for (const query of ["?code=x&state=unknown", "?code=x", "?code=x&state=a&state=b"]) {
      const page = await visitor.open(`${callback}${query}`);
      expect(await refusal(visitor, page)).toMatchObject({ code: "request.unknown" });
    }
    const mallory = new WebVisitor();
    const away = await fetchLocation(`${origin}/api/login/sign-in/with/${provider.id}`);
    const page = await mallory.open(`${callback}?code=x&state=${away.searchParams.get("state")}`);
    expect(await refusal(mallory, page)).toMatchObject({ code: "request.other_browser" });
  });

  test("PKCE, state and nonce go along", async () => {
    const away = await fetchLocation(`${origin}/api/login/sign-in/with/${provider.id}`);
    const query = Object.fromEntries(away.searchParams);
    expect(query).toMatchObject({ response_type: "code", code_challenge_method: "S256", client_id: OIDC_CLIENT.id });
    expect([query["state"]?.length, query["nonce"]?.length, query["code_challenge"]?.length]).toEqual([43, 43, 43]);
    expect(query["scope"]).toBe("openid profile email groups");
  });

  test("a test sign-in shows the claims and changes nothing, and is not taken for another one that is away", async () => {
    const visitor = new WebVisitor();
    await visitor.ask("POST", `${origin}/api/login/sign-in`, { username: ADMINISTRATOR, password: PASSWORD });
    const base = `${origin}/api/login/providers/${provider.id}`;
    const begin = async () => (await (await visitor.ask("POST", `${base}/test-sign-in`)).json()) as TestSignIn;
    const resultOf = async ({ attempt }: TestSignIn) =>
      (await (await visitor.ask("GET", `${base}/test-result/${attempt}`)).json()) as TestResult;
    const [first, second] = [await begin(), await begin()];
    await signInThere(visitor, await visitor.open(first.url), "sub-anna");
    const result = await resultOf(first);
    expect(result).toMatchObject({ state: "refused", code: "account.name_taken", wouldBe: null });
    expect(result.attributes).toContainEqual({ name: "preferred_username", values: [ADMINISTRATOR] });
    expect(await resultOf(second)).toMatchObject({ state: "waiting", attributes: [] });
    expect((await visitor.ask("GET", `${base}/test-result/another`)).status).toBe(404);
  });

  test("a provider that is down, or that is none, is told in a sentence; local accounts sign in as ever", async () => {
    const down = { ...draft().config, issuer: `http://127.0.0.1:${freePort()}` };
    const gone = await admin.json<Provider>("POST", "/api/login/providers", draft({ name: "Gone", config: down }));
    const visitor = new WebVisitor();
    const landed = await begin(visitor, gone.id);
    expect(await refusal(visitor, landed)).toMatchObject({
      code: "provider.unreachable",
      message: expect.stringContaining("did not answer"),
    });
    await site.browser().signIn("login", ADMINISTRATOR, PASSWORD);
    const { rows } = await admin.json<{ rows: { code: string }[] }>("GET", `/api/login/providers/${gone.id}/log`);
    expect(rows[0]).toMatchObject({ code: "provider.unreachable" });
  });

  test("the client's secret is sealed and never answered", async () => {
    const list = await (await admin.request("GET", "/api/login/providers")).text();
    expect(list).not.toContain(OIDC_CLIENT.secret);
    expect(JSON.parse(list)).toMatchObject({ providers: [{ hasSecret: true }, { hasSecret: true }] });
    const rows = await site.core.database.queries.selectFrom("providers").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(OIDC_CLIENT.secret);
  });
});

async function fetchLocation(address: string): Promise<URL> {
  const response = await fetch(address, { redirect: "manual", tls: { rejectUnauthorized: false } });
  return new URL(response.headers.get("location")!);
}
