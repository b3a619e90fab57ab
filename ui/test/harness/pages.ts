import type { Browser, BrowserContext, Page } from "playwright-core";
import { ADMIN, type Site } from "./site.ts";

/** Who signs in. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A person at a browser of their own: a page, and what went wrong in it. */
export class Person implements AsyncDisposable {
  readonly #context: BrowserContext;
  readonly page: Page;
  /** Errors of the page's scripts and everything the content security policy refused. */
  readonly mishaps: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on("pageerror", (error) => this.mishaps.push(`${error.name}: ${error.message}`));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) this.mishaps.push(message.text());
    });
  }

  static async open(browser: Browser): Promise<Person> {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      acceptDownloads: true,
      viewport: { width: 1600, height: 1000 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    return new Person(context, await context.newPage());
  }

  /** Signs in to the console and waits for its home. */
  async signInToConsole(site: Pick<Site, "address">, { username, password }: Credentials = ADMIN): Promise<void> {
    await this.page.goto(`${site.address}/console`);
    await this.page.getByLabel("User name").fill(username);
    await this.page.getByLabel("Password", { exact: true }).fill(password);
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await this.page.getByRole("tab", { name: "Home" }).waitFor();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }
}
