/** The try of a provider whose answer comes late, after the browser has called its window closed, or not at all. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import type { Provider } from "../../protocol/api/providers.ts";
import { OIDC_CLIENT } from "../../server/test/peers/oidc-peer.ts";
import { startUnrulyOidcPeer, type UnrulyOidcPeer } from "../../server/test/peers/unruly-oidc-peer.ts";
import { askAs, signedInAt } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { seeTried } from "./harness/provider-forms.ts";
import { Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;
/** Said once the browser calls the window closed. */
const LOOSE = "If you closed it, try again.";
const RIGHT = "The provider's answer is right.";

let site: Site;
let browser: Browser;
let idp: UnrulyOidcPeer;
let provider: Provider;
beforeAll(async () => {
  [site, browser, idp] = await Promise.all([Site.start(), startBrowser(), startUnrulyOidcPeer(OIDC_CLIENT.id)]);
  await using admin = await signedInAt(browser, `${site.directAddress}/login`);
  provider = await askAs<Provider>(admin.page, "POST", "/api/login/providers", {
    ...{ name: "Slow ID", isEnabled: true, emailDomains: [], secret: OIDC_CLIENT.secret },
    config: { kind: "oidc", issuer: idp.issuer, clientId: OIDC_CLIENT.id, scopes: "profile", clockSkewSeconds: 30 },
    mapping: {
      attributes: { username: "preferred_username", displayName: "name", email: "email", groups: "groups" },
      ...{ createsAccounts: true, groupSync: "additive", groupRules: [] },
    },
  });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await idp?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

const tryPanel = (page: Page) => page.locator("section", { has: page.getByRole("heading", { name: "Try it" }) });

/** Begins a try; its window stands at the provider's page, which does nothing by itself. */
async function begin(page: Page): Promise<Page> {
  const [popup] = await Promise.all([
    page.waitForEvent("popup"),
    page.getByRole("button", { name: "Try signing in" }).click(),
  ]);
  await popup.waitForURL(`${idp.issuer}/auth**`);
  return popup;
}

/** The provider sends the window back, as somebody who has signed in there. */
async function comeBack(popup: Page, nonce?: string): Promise<void> {
  const asked = new URL(popup.url()).searchParams;
  idp.nonce = nonce ?? asked.get("nonce") ?? "";
  const answer = new URLSearchParams({ code: "any", state: asked.get("state") ?? "" });
  await popup.goto(`${provider.ours?.redirectUrl}?${answer.toString()}`);
}

/** The panel has asked for what came, began to do so after now, and shows it. */
async function askedAgain(page: Page): Promise<void> {
  await page.waitForRequest(/\/test-result\//u);
  await page.waitForResponse(/\/test-result\//u);
  await page.waitForRequest(/\/test-result\//u);
}

test(
  "a try's answer counts that comes after the browser has called its window closed",
  async () => {
    await using admin = await signedInAt(browser, `${site.directAddress}/login/security-providers`);
    const { page } = admin;
    const popup = await begin(page);
    await tryPanel(page).getByText(LOOSE).waitFor();
    expect(popup.isClosed()).toBe(false);
    expect(await tryPanel(page).getByRole("alert").count()).toBe(0);
    await comeBack(popup);
    await seeTried(page, popup, RIGHT);
    expect(await tryPanel(page).getByText(LOOSE).count()).toBe(0);
    expect(admin.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "who closes the window of a try may begin another one at once",
  async () => {
    await using admin = await signedInAt(browser, `${site.directAddress}/login/security-providers`);
    const { page } = admin;
    await (await begin(page)).close();
    await tryPanel(page).getByText(LOOSE).waitFor();
    const popup = await begin(page);
    await comeBack(popup);
    await seeTried(page, popup, RIGHT);
    expect(admin.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "of two tries at once the panel shows what came of the newer one",
  async () => {
    await using admin = await signedInAt(browser, `${site.directAddress}/login/security-providers`);
    const { page } = admin;
    const older = await begin(page);
    await tryPanel(page).getByText(LOOSE).waitFor();
    const newer = await begin(page);
    await tryPanel(page).getByText(LOOSE).waitFor();
    await comeBack(older, "of somebody else's sign-in");
    await older.getByText("The test is done.").waitFor();
    await askedAgain(page);
    expect(await tryPanel(page).getByRole("alert").count()).toBe(0);
    await comeBack(newer);
    await seeTried(page, newer, RIGHT);
    expect(admin.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);
