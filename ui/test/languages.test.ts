import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { startBrowser } from "./harness/browser.ts";
import { ADMIN, Site } from "./harness/site.ts";

const LONG_TEST_MS = 60_000;
const PATIENCE_MS = 10_000;

let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
}, LONG_TEST_MS);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

/** What the test reads of a language's pages. */
interface Words {
  readonly userName: string;
  readonly password: string;
  readonly signIn: string;
  readonly status: string;
  readonly home: string;
}
const english: Words = {
  userName: "User name",
  password: "Password",
  signIn: "Sign in",
  status: "Status",
  home: "Home",
};
const german: Words = {
  userName: "Benutzername",
  password: "Kennwort",
  signIn: "Anmelden",
  status: "Status",
  home: "Start",
};
const french: Words = {
  userName: "Nom d'utilisateur",
  password: "Mot de passe",
  signIn: "Se connecter",
  status: "État",
  home: "Accueil",
};
const japanese: Words = {
  userName: "ユーザー名",
  password: "パスワード",
  signIn: "サインイン",
  status: "状態",
  home: "ホーム",
};

/** A browser of its own that prefers a language; what its pages and their content policy complain of is kept. */
class Reader implements AsyncDisposable {
  readonly mishaps: string[] = [];
  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on("pageerror", (error) => this.mishaps.push(error.message));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) this.mishaps.push(message.text());
    });
  }

  static async open(locale: string): Promise<Reader> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale });
    context.setDefaultTimeout(PATIENCE_MS);
    return new Reader(context, await context.newPage());
  }

  async signIn(area: "login" | "console", words: Words): Promise<void> {
    await this.page.goto(`${site.address}/${area}`);
    await this.page.getByLabel(words.userName).fill(ADMIN.username);
    await this.page.getByLabel(words.password, { exact: true }).fill(ADMIN.password);
    await this.page.getByRole("button", { name: words.signIn, exact: true }).click();
  }

  language(): Promise<string> {
    return this.page.evaluate(() => document.documentElement.lang);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }
}

const statusHeading = (page: Page, { status }: Words) => page.getByRole("heading", { level: 1, name: status });
const homeTab = (page: Page, { home }: Words) => page.getByRole("tab", { name: home });

test(
  "before sign-in the page speaks the browser's language, and a refusal does too",
  async () => {
    await using reader = await Reader.open("de-AT");
    await reader.page.goto(`${site.address}/login`);
    await reader.page.getByRole("heading", { name: "Anmelden" }).waitFor();
    expect(await reader.language()).toBe("de");
    await reader.page.getByLabel("Benutzername").fill(ADMIN.username);
    await reader.page.getByLabel("Kennwort", { exact: true }).fill("falsches Kennwort hier");
    await reader.page.getByRole("button", { name: "Anmelden", exact: true }).click();
    await reader.page.getByText("Benutzername oder Kennwort ist falsch.").waitFor();
    expect(reader.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "a browser whose languages are not spoken here reads English, and can choose on the sign-in page",
  async () => {
    await using reader = await Reader.open("pt-BR");
    await reader.page.goto(`${site.address}/console`);
    await reader.page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await reader.language()).toBe("en");
    await reader.page.getByLabel("Language").selectOption("ja");
    await reader.page.getByRole("heading", { name: "サインイン" }).waitFor();
    expect(await reader.language()).toBe("ja");
    await reader.signIn("console", japanese);
    await homeTab(reader.page, japanese).waitFor();
    await reader.signIn("login", japanese);
    await statusHeading(reader.page, japanese).waitFor();
    await reader.page.getByText(/^\d\d:\d\d、\d+ 秒前$/u).waitFor();
    expect(reader.mishaps).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "LOGIN-26 a language chosen in the console's preferences is the console's alone and comes back in another browser",
  async () => {
    await using reader = await Reader.open("en-GB");
    await reader.signIn("console", english);
    await homeTab(reader.page, english).waitFor();
    await reader.page.getByRole("button", { name: /Open user menu/u }).click();
    await reader.page.getByRole("menuitem", { name: "Preferences" }).click();
    await reader.page.getByLabel("Language").selectOption("de");
    await homeTab(reader.page, german).waitFor();
    await reader.signIn("login", english);
    await statusHeading(reader.page, english).waitFor();
    expect(await reader.language()).toBe("en");

    await using elsewhere = await Reader.open("fr");
    await elsewhere.signIn("console", french);
    await homeTab(elsewhere.page, german).waitFor();
    await elsewhere.page.goto(`${site.address}/login`);
    await elsewhere.page.getByRole("heading", { name: "Se connecter" }).waitFor();
    expect(await elsewhere.language()).toBe("fr");

    await elsewhere.page.goto(`${site.address}/console`);
    await elsewhere.page.getByRole("button", { name: /Benutzermenü öffnen/u }).click();
    await elsewhere.page.getByRole("menuitem", { name: "Einstellungen" }).click();
    await elsewhere.page.getByLabel("Sprache").selectOption({ label: "Wie in meinem Konto" });
    await homeTab(elsewhere.page, french).waitFor();
    expect([...reader.mishaps, ...elsewhere.mishaps]).toEqual([]);
  },
  LONG_TEST_MS,
);

test(
  "LOGIN-25 a language chosen in the user menu is the account's: administration and the console speak it everywhere",
  async () => {
    await using reader = await Reader.open("en-GB");
    await reader.signIn("login", english);
    await reader.page.getByRole("button", { name: /Open your menu/u }).click();
    await reader.page.getByRole("menuitemcheckbox", { name: "日本語" }).click();
    await statusHeading(reader.page, japanese).waitFor();
    expect(await reader.language()).toBe("ja");
    await reader.signIn("console", japanese);
    await homeTab(reader.page, japanese).waitFor();

    await using elsewhere = await Reader.open("fr");
    await elsewhere.signIn("login", french);
    await statusHeading(elsewhere.page, japanese).waitFor();
    await elsewhere.signIn("console", japanese);
    await homeTab(elsewhere.page, japanese).waitFor();

    await elsewhere.page.goto(`${site.address}/login`);
    await elsewhere.page.getByRole("button", { name: /メニューを開く/u }).click();
    await elsewhere.page.getByRole("menuitemcheckbox", { name: "ブラウザーと同じ" }).click();
    await statusHeading(elsewhere.page, french).waitFor();
    expect([...reader.mishaps, ...elsewhere.mishaps]).toEqual([]);
  },
  LONG_TEST_MS,
);
