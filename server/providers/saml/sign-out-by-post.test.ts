import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Static } from "@sinclair/typebox";
import type { Provider, SamlConfig } from "../../../protocol/api/providers.ts";
import { systemClock } from "../../clock.ts";
import { barePages } from "../../test/peers/bare-pages.ts";
import { insertGroupPolicy } from "../../test/peers/group-policy.ts";
import { SAML_PEOPLE, type SimpleSamlPhp, startSimpleSamlPhp } from "../../test/peers/simple-saml-php.ts";
import { temporaryDirectory } from "../../test/temporary-directory.ts";
import { noRooms, startTestServer, type TestServer } from "../../test/test-server.ts";

const BY_REDIRECT = /<md:SingleLogoutService [^>]*HTTP-Redirect[^>]*>/u;
/** Nobody talks beside the messages: both ends know POST alone. In Chromium, which holds the posting page to its policy. */
describe("SAML sign-out by POST", () => {
  let idp: SimpleSamlPhp;
  let site: TestServer;
  let browser: Browser;
  let provider: Provider;
  let origin: string;
  let directory: ReturnType<typeof temporaryDirectory>;

  beforeAll(async () => {
    idp = await startSimpleSamlPhp({ signsOutByPost: true });
    directory = temporaryDirectory();
    site = await startTestServer({ clock: systemClock, openRooms: noRooms, assets: barePages(directory.path) });
    origin = site.url.replace("127.0.0.1", "localhost");
    const admin = await site.administrator();
    const xml = await idp.metadata();
    const config = await admin.json<Static<typeof SamlConfig>>("POST", "/api/login/providers/saml/read-metadata", {
      xml,
    });
    expect(config.signOutBinding).toBe("post");
    const policy = await insertGroupPolicy(site.core, "Console", { "console.use": { value: true, isFinal: false } });
    provider = await admin.json<Provider>("POST", "/api/login/providers", {
      ...{ name: "SimpleSAMLphp", isEnabled: true, config, emailDomains: [] },
      mapping: {
        attributes: { username: "uid", displayName: "cn", email: "mail", groups: "groups" },
        createsAccounts: true,
        groupSync: "additive",
        groupRules: [{ group: "Support", groupPolicies: [policy], teams: [] }],
      },
    });
    const ours = await (await admin.request("GET", `/api/login/providers/${provider.id}/metadata`)).text();
    expect(ours).toMatch(BY_REDIRECT);
    idp.know(ours.replace(BY_REDIRECT, ""));
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
    await idp?.[Symbol.asyncDispose]();
    directory?.[Symbol.dispose]();
  });

  async function signedIn(): Promise<Page> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(8000);
    const page = await context.newPage();
    await page.goto(`${origin}/api/console/sign-in/with/${provider.id}`);
    await page.fill("input[name=username]", "carol");
    await page.fill("input[name=password]", SAML_PEOPLE.carol);
    await page.press("input[name=password]", "Enter");
    await page.waitForURL(`${origin}/console`);
    expect(await account(page)).toMatchObject({ username: "carol" });
    return page;
  }
  const account = (page: Page): Promise<unknown> =>
    page.evaluate(async () => (await fetch("/api/console/account")).json());

  test("signing out here posts a signed request there, and its answer leads back", async () => {
    const page = await signedIn();
    const url = await page.evaluate(async () => {
      const answer = await fetch("/api/console/sign-out-at-provider", { method: "POST" });
      return ((await answer.json()) as { url: string }).url;
    });
    expect(url).toMatch(/^\/saml\/[^/]+\/sign-out\/[\w-]{43}$/u);
    expect(await account(page)).toMatchObject({ code: "sign_in.required" });
    const answered = page.waitForRequest((one) => one.method() === "POST" && one.url() === provider.ours!.sloUrl);
    await page.evaluate((path) => location.assign(path), url);
    expect((await answered).postData()).toContain("SAMLResponse=");
    await page.waitForURL(`${origin}/login`);
    await page.goto(`${origin}/api/console/sign-in/with/${provider.id}`);
    expect(await page.locator("input[name=password]").count()).toBe(1);
  });

  test("signing out there posts a signed request here, ends the sign-in, and is answered by a post", async () => {
    const page = await signedIn();
    const asked = page.waitForRequest((one) => one.method() === "POST" && one.url() === provider.ours!.sloUrl);
    const answered = page.waitForRequest(
      (one) => one.method() === "POST" && one.url().startsWith(idp.url) && (one.postData() ?? "").includes("SAMLResp"),
    );
    await page.goto(`${idp.url}/saml2/idp/SingleLogoutService.php?ReturnTo=${idp.url}/`).catch(() => undefined);
    expect((await asked).postData()).toContain("SAMLRequest=");
    await answered;
    await page.waitForURL((url) => url.href.startsWith(idp.url));
    await page.goto(`${origin}/console`);
    expect(await account(page)).toMatchObject({ code: "sign_in.required" });
  });

  test("the posting page has one script of its own and no other power, and goes after a quarter of an hour", async () => {
    const { notices } = site.core.providers;
    const token = await notices.keepForm({
      action: "https://idp.example/slo?a=1&b=2",
      fields: { x: `"><script>alert(1)</script>` },
    });
    const response = await site.browser().request("GET", `/saml/${provider.id}/sign-out/${token}`);
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'sha256-[^']+'; /u,
    );
    const text = await response.text();
    expect(text).toContain(`action="https://idp.example/slo?a=1&#38;b=2"`);
    expect(text).not.toContain('alert(1)</script>"');
    expect(text.match(/<script>/gu)).toHaveLength(1);
    const gone = await site.browser().request("GET", `/saml/${provider.id}/sign-out/${"A".repeat(43)}`);
    expect(gone.status).toBe(404);
  });
});
