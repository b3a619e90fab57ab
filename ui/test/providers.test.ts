import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { SAML_PEOPLE, type SimpleSamlPhp, startSimpleSamlPhp } from "../../server/test/peers/simple-saml-php.ts";
import type { Provider } from "../../protocol/api/providers.ts";
import { askAs, openVisitor, seeAdministration, signedInAt } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { eventually } from "./harness/eventually.ts";
import type { Person } from "./harness/pages.ts";
import { addGroupRule, addProvider, saveProvider, seeTried } from "./harness/provider-forms.ts";
import { Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;

let site: Site;
let browser: Browser;
let idp: SimpleSamlPhp;
beforeAll(async () => {
  [site, browser, idp] = await Promise.all([Site.start(), startBrowser(), startSimpleSamlPhp()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await idp?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

/** Identity providers know the site's own address: browsers go straight there. */
const adminAt = (path: string): Promise<Person> => signedInAt(browser, site.directAddress + path);

async function signInThere(page: Page, name: keyof typeof SAML_PEOPLE): Promise<void> {
  await page.fill("input[name=username]", name);
  await page.fill("input[name=password]", SAML_PEOPLE[name]);
  await page.press("input[name=password]", "Enter");
}

test(
  "LOGIN-21 LOGIN-22 LOGIN-23 a SAML provider is made from its metadata, tried, and its tile lands in the console or in administration",
  async () => {
    await using admin = await adminAt("/login/group-policies");
    const { page } = admin;
    const settings = Object.fromEntries(
      ["console.use", "settings.view"].map((name) => [name, { value: true, isFinal: false }]),
    );
    await askAs(page, "POST", "/api/login/group-policies", {
      ...{ name: "Helpers", description: "", members: [], jumpGroups: [], teams: [], settings },
    });
    await page.goto(`${site.directAddress}/login/security-providers`);
    await addProvider(page, "SAML 2.0");
    await page.getByLabel("Name", { exact: true }).fill("Northmoor");
    await page.getByLabel("Its metadata").fill("<this is not metadata>");
    await page.getByRole("button", { name: "Read it" }).click();
    await page.getByRole("alert").first().waitFor();
    await page.getByLabel("Its metadata").fill(await idp.metadata());
    await page.getByRole("button", { name: "Read it" }).click();
    await eventually("the form is filled", async () =>
      (await page.getByLabel("Sign-in address").inputValue()).startsWith(idp.url),
    );
    await page.getByLabel("User name").fill("uid");
    await page.getByLabel("Display name").fill("cn");
    await page.getByLabel("E-mail optional").fill("mail");
    await addGroupRule(page, "Support", "Helpers");
    await saveProvider(page);

    const { providers } = await askAs<{ providers: Provider[] }>(page, "GET", "/api/login/providers");
    const provider = providers[0]!;
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download metadata" }).click(),
    ]);
    idp.know(await Bun.file(await download.path()).text());

    const [popup] = await Promise.all([
      page.waitForEvent("popup"),
      page.getByRole("button", { name: "Try signing in" }).click(),
    ]);
    await signInThere(popup, "carol");
    await seeTried(page, popup, "Would come as");
    await page.getByRole("cell", { name: "Carol Jones" }).waitFor();
    await page.getByRole("cell", { name: "Support, Admins" }).waitFor();
    expect((await askAs<{ users: unknown[] }>(page, "GET", "/api/login/users")).users).toHaveLength(1);

    for (const [relayState, path] of [
      ["console", "/console"],
      ["/console", "/login"],
    ] as const) {
      await using person = await openVisitor(browser);
      await person.page.goto(idp.tile(provider.ours?.entityId ?? "", relayState));
      await signInThere(person.page, "carol");
      await person.page.waitForURL(site.directAddress + path);
      if (path === "/console") await person.page.getByRole("tab", { name: "Home" }).waitFor();
      else await seeAdministration(person.page);
      expect(person.mishaps).toEqual([]);
    }
    expect(admin.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "one goes to the provider by its button or by one's e-mail address, and logs out there, too, from the menus",
  async () => {
    await using admin = await adminAt("/login/security-providers");
    await admin.page.getByLabel("E-mail domains that lead here").fill("example.com");
    await admin.page.getByLabel("E-mail domains that lead here").blur();
    await saveProvider(admin.page);

    await using person = await openVisitor(browser);
    const { page } = person;
    for (const area of ["login", "console"]) {
      await page.goto(`${site.directAddress}/${area}`);
      if (area === "login") {
        await page.getByLabel("User name").fill("carol@example.com");
        await page.getByRole("button", { name: "Sign in", exact: true }).click();
      } else await page.getByRole("button", { name: "Northmoor" }).click();
      await signInThere(page, "carol");
      await page.waitForURL(`${site.directAddress}/${area}`);
      await page.getByRole("button", { name: /menu/iu }).first().waitFor();
      await page
        .getByRole("button", { name: /your menu|user menu/iu })
        .first()
        .click();
      await page.getByRole("menuitem", { name: "Log out at your provider, too" }).click();
      await page.waitForURL(`${site.directAddress}/**`);
      await page.getByRole("heading", { name: "Sign in", exact: true }).waitFor();
    }
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "whom the site does not take back from the provider is told why on the sign-in page",
  async () => {
    await using admin = await adminAt("/login/security-providers");
    await admin.page.getByText("Make accounts when people first come").click();
    await saveProvider(admin.page);
    await using person = await openVisitor(browser);
    const { page } = person;
    await page.goto(`${site.directAddress}/console`);
    await page.getByRole("button", { name: "Northmoor" }).click();
    await signInThere(page, "dave");
    await page.waitForURL(`${site.directAddress}/console`);
    await page.getByRole("alert").first().waitFor();
    expect((await page.getByRole("alert").first().textContent())?.length).toBeGreaterThan(20);
    expect(person.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);
