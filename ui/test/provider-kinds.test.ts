/** OpenID Connect, SCIM and directories: their forms, their tests, and who comes by them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Locator, Page } from "playwright-core";
import type { Provider } from "../../protocol/api/providers.ts";
import { OIDC_CLIENT, type OidcPeer, startOidcPeer } from "../../server/test/peers/oidc-peer.ts";
import { LDAP_ADMIN, LDAP_PEOPLE, type Slapd, startSlapd } from "../../server/test/peers/slapd.ts";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { askAs, dialogOf, openVisitor, seeAdministration, signedInAt, typePassword } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { eventually } from "./harness/eventually.ts";
import type { Person } from "./harness/pages.ts";
import { addGroupRule, addProvider, saveProvider, seeTried } from "./harness/provider-forms.ts";
import { ADMIN, Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;
const ASKED_AGAIN = "Type it again for this one.";

let site: Site;
let browser: Browser;
let idp: OidcPeer;
let directory: Slapd;
beforeAll(async () => {
  [site, browser, idp, directory] = await Promise.all([Site.start(), startBrowser(), startOidcPeer(), startSlapd()]);
  idp.people.set("sub-carol", {
    ...{ name: "Carol Jones", preferred_username: "carol", email: "carol@example.com", groups: ["Support"] },
  });
  idp.people.set("sub-ada", { name: "Not Ada", preferred_username: ADMIN.username });
  await using admin = await adminAt("/login/group-policies");
  const settings = { "settings.view": { value: true, isFinal: false } };
  const policy = { name: "Helpers", description: "", members: [], jumpGroups: [], teams: [], settings };
  await askAs(admin.page, "POST", "/api/login/group-policies", policy);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await idp?.[Symbol.asyncDispose]();
  await directory?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

/** Identity providers know the site's own address: browsers go straight there. */
const adminAt = (path: string): Promise<Person> => signedInAt(browser, site.directAddress + path);
/** What a field that only shows and copies holds. */
const shownAs = async (within: Page | Locator, label: string): Promise<string> =>
  (await within.getByRole("group", { name: label }).textContent()) ?? "";
const tryPanel = (page: Page) => page.locator("section", { has: page.getByRole("heading", { name: "Try it" }) });
const providersOf = async (page: Page): Promise<Provider[]> =>
  (await askAs<{ providers: Provider[] }>(page, "GET", "/api/login/providers")).providers;

/** oidc-provider's own pages: a name and any password, then consent. */
async function signInThere(page: Page, sub: string): Promise<void> {
  await page.fill("input[name=login]", sub);
  await page.fill("input[name=password]", "any");
  await page.click("button[type=submit]");
  await page.getByRole("button", { name: "Continue" }).click();
}

async function trySigningIn(page: Page, sub: string, words: string): Promise<void> {
  const [popup] = await Promise.all([
    page.waitForEvent("popup"),
    page.getByRole("button", { name: "Try signing in" }).click(),
  ]);
  await signInThere(popup, sub);
  await seeTried(page, popup, words);
}

test(
  "an OpenID Connect provider is entered and tried, every claim in sight, and people come by its button",
  async () => {
    await using admin = await adminAt("/login/security-providers");
    const { page } = admin;
    await addProvider(page, "OpenID Connect");
    await page.getByLabel("Name", { exact: true }).fill("Northmoor ID");
    await page.getByLabel("Issuer").fill(idp.issuer);
    await page.getByLabel("Client id").fill(OIDC_CLIENT.id);
    await page.getByLabel("Client secret", { exact: true }).fill(OIDC_CLIENT.secret);
    await page.getByLabel("Scopes").fill("profile email groups");
    await addGroupRule(page, "Support", "Helpers");
    await saveProvider(page);
    const [provider] = await providersOf(page);
    const shown = await shownAs(page, "Redirect address");
    expect(shown).toBe(provider!.ours!.redirectUrl);
    idp.know(shown);

    await trySigningIn(page, "sub-carol", "The provider's answer is right.");
    const attempt = tryPanel(page);
    for (const cell of ["sub-carol", "Carol Jones", "carol@example.com", "Support"])
      await attempt.getByRole("cell", { name: cell, exact: true }).first().waitFor();
    expect(await attempt.locator("dd").allTextContents()).toEqual(expect.arrayContaining(["Support", "Helpers"]));
    expect((await askAs<{ users: unknown[] }>(page, "GET", "/api/login/users")).users).toHaveLength(1);
    expect(await accessibilityFindings(page)).toEqual([]);

    await using person = await openVisitor(browser);
    await person.page.goto(`${site.directAddress}/login`);
    await person.page.getByRole("button", { name: "Northmoor ID" }).click();
    await signInThere(person.page, "sub-carol");
    await person.page.waitForURL(`${site.directAddress}/login`);
    await seeAdministration(person.page);
    expect([...admin.mishaps, ...person.mishaps]).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "a claim that names somebody here is told with its reason, and the name at the provider beside it",
  async () => {
    await using admin = await adminAt("/login/security-providers");
    const { page } = admin;
    await trySigningIn(page, "sub-ada", "account.name_taken");
    const attempt = tryPanel(page);
    await attempt.getByText("It was not taken over.").waitFor();
    await attempt.getByRole("cell", { name: ADMIN.username, exact: true }).waitFor();
    const lately = page.locator("section", { has: page.getByRole("heading", { name: "Lately" }) });
    await lately.getByText("account.name_taken").first().waitFor();
    expect(admin.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "with another issuer the secret is asked for again before anything is saved; a provider that is down says so",
  async () => {
    await using admin = await adminAt("/login/security-providers");
    const { page } = admin;
    await page.getByLabel("Issuer").fill("http://127.0.0.1:9");
    await page.getByText(ASKED_AGAIN).waitFor();
    expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.getByLabel("Issuer").fill(idp.issuer);
    await page.getByText(ASKED_AGAIN).waitFor({ state: "detached" });
    await page.getByLabel("Issuer").fill("http://127.0.0.1:9");
    await page.getByLabel("Client secret", { exact: true }).fill("another");
    await page.getByText(ASKED_AGAIN).waitFor({ state: "detached" });
    await saveProvider(page);
    const [popup] = await Promise.all([
      page.waitForEvent("popup"),
      page.getByRole("button", { name: "Try signing in" }).click(),
    ]);
    await tryPanel(page)
      .getByText(/The identity provider did not answer\..*\(.+\)/u)
      .waitFor();
    await eventually("the window of the test is gone", () => popup.isClosed());
    await page.getByLabel("Issuer").fill(idp.issuer);
    await page.getByLabel("Client secret", { exact: true }).fill(OIDC_CLIENT.secret);
    await saveProvider(page);
  },
  LONG_TEST_MS,
);

test(
  "a SCIM provider's token is shown once, and what its directory pushes is an account that signs in by another provider",
  async () => {
    await using admin = await adminAt("/login/security-providers");
    const { page } = admin;
    await addProvider(page, "SCIM 2.0");
    await page.getByLabel("Name", { exact: true }).fill("Staff directory");
    await page.getByLabel("These people sign in by").selectOption({ label: "Northmoor ID" });
    await addGroupRule(page, "Desk", "Helpers");
    await saveProvider(page);
    expect(await page.getByRole("heading", { name: "Try it" }).count()).toBe(0);
    const address = await shownAs(page, "SCIM address");
    await page.getByRole("button", { name: "Make a token" }).click();
    const token = await shownAs(dialogOf(page), "Bearer token");
    expect(await accessibilityFindings(page)).toEqual([]);
    await dialogOf(page).getByRole("button", { name: "I have it" }).click();
    expect(await page.content()).not.toContain(token);

    const push = async (path: string, body: object, bearer = token) => {
      const response = await fetch(address + path, {
        method: "POST",
        headers: { authorization: `Bearer ${bearer}`, "content-type": "application/scim+json" },
        tls: { rejectUnauthorized: false },
        body: JSON.stringify(body),
      });
      return { ...((await response.json()) as { id?: string }), status: response.status };
    };
    const made = await push("/Users", { userName: "erin", externalId: "sub-erin", displayName: "Erin Field" });
    expect(made.status).toBe(201);
    expect((await push("/Groups", { displayName: "Desk", members: [{ value: made.id }] })).status).toBe(201);
    await page.goto(`${site.directAddress}/login/users`);
    await page.getByText("Erin Field").first().waitFor();

    idp.people.set("sub-erin", { name: "Erin Field", preferred_username: "erin" });
    await using person = await openVisitor(browser);
    await person.page.goto(`${site.directAddress}/login`);
    await person.page.getByRole("button", { name: "Northmoor ID" }).click();
    await signInThere(person.page, "sub-erin");
    await person.page.waitForURL(`${site.directAddress}/login`);
    await seeAdministration(person.page);

    await page.goto(`${site.directAddress}/login/security-providers`);
    await page.getByText("Staff directory").first().click();
    await page.getByRole("button", { name: "Make a new token" }).click();
    await dialogOf(page).getByRole("button", { name: "I have it" }).click();
    expect((await push("/Users", { userName: "late" })).status).toBe(401);
    expect([...admin.mishaps, ...person.mishaps]).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "a directory is entered, tried with every attribute in sight, and its password is asked for again for another server",
  async () => {
    await using admin = await adminAt("/login/security-providers");
    const { page } = admin;
    await addProvider(page, "LDAP or Active Directory");
    await page.getByLabel("Name", { exact: true }).fill("Town hall");
    await page.getByLabel("Servers").fill(directory.tlsUrl);
    await page.getByText("Use StartTLS").click();
    await page.getByLabel("Sign in to the directory as").fill(LDAP_ADMIN.dn);
    await page.getByLabel("Its password", { exact: true }).fill(LDAP_ADMIN.password);
    await page.getByLabel("People below").fill("ou=people,dc=example,dc=com");
    await addGroupRule(page, "cn=support,ou=groups,dc=example,dc=com", "Helpers");
    await saveProvider(page);

    const attempt = tryPanel(page);
    const tryAs = async (username: string, password: string): Promise<void> => {
      await attempt.getByLabel("User name").fill(username);
      await attempt.getByLabel("Password", { exact: true }).fill(password);
      await attempt.getByRole("button", { name: "Try" }).click();
    };
    await tryAs("dave", LDAP_PEOPLE.dave);
    await attempt.getByText("ldap.certificate").waitFor();

    await page.getByLabel("Certificate authority").fill(directory.certificate);
    await page.getByText(ASKED_AGAIN).waitFor();
    await page.getByLabel("Its password", { exact: true }).fill(LDAP_ADMIN.password);
    await page.getByLabel("Servers").fill(directory.tlsUrl.replace("127.0.0.1", "localhost"));
    await saveProvider(page);

    await tryAs("dave", "wrong");
    await attempt.getByText("ldap.credentials").waitFor();
    await tryAs("dave", LDAP_PEOPLE.dave);
    await attempt.getByText("The directory knows this person.").waitFor();
    for (const cell of ["dave", "dave Example", "x@example.com", "inetOrgPerson"])
      await attempt.getByRole("cell", { name: cell, exact: true }).first().waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await attempt.locator("tbody").textContent()).not.toContain(LDAP_PEOPLE.dave);

    await using person = await openVisitor(browser);
    await person.page.goto(`${site.directAddress}/login`);
    await typePassword(person.page, { username: "dave", password: LDAP_PEOPLE.dave });
    await seeAdministration(person.page);
    expect([...admin.mishaps, ...person.mishaps]).toEqual([]);
  },
  LONG_TEST_MS,
);
