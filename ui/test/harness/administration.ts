/** Ways through /login that several tests go. */
import type { Browser, Locator, Page } from "playwright-core";
import { Person, type Credentials } from "./pages.ts";
import { ADMIN } from "./site.ts";

/** Below a test's own limit, so that a failure names what was waited for. */
const PATIENCE_MS = 10_000;

/** Somebody who does not wait for ever. */
export async function openVisitor(browser: Browser): Promise<Person> {
  const person = await Person.open(browser);
  person.page.context().setDefaultTimeout(PATIENCE_MS);
  return person;
}

/** Types a user name and a password, and sends them. */
export async function typePassword(page: Page, { username, password }: Credentials = ADMIN): Promise<void> {
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Administration is there. */
export async function seeAdministration(page: Page): Promise<void> {
  await page.getByRole("navigation", { name: "Administration" }).waitFor();
}

/** Somebody signed in to administration, at an address of the site (`/login/security`). */
export async function signedInAt(browser: Browser, address: string, credentials: Credentials = ADMIN): Promise<Person> {
  const person = await openVisitor(browser);
  await person.page.goto(address);
  await typePassword(person.page, credentials);
  await seeAdministration(person.page);
  return person;
}

export async function logOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Open your menu/u }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await page.getByRole("heading", { name: "Sign in", exact: true }).waitFor();
}

/** The dialog that is open. */
export const dialogOf = (page: Page): Locator => page.getByRole("dialog").or(page.getByRole("alertdialog"));

/** Asks the site as the page would, with its sign-in. @throws {Error} with the answer, when it is a refusal */
export async function askAs<T>(page: Page, method: string, path: string, data?: unknown): Promise<T> {
  const { origin } = new URL(page.url());
  const response = await page.request.fetch(origin + path, {
    method,
    headers: { origin },
    ...(data === undefined ? {} : { data }),
  });
  if (!response.ok()) throw new Error(`${method} ${path}: ${response.status()} ${await response.text()}`);
  return (await response.json()) as T;
}

/** What the audit log says of an action, newest first. */
export async function auditOf(page: Page, action: string): Promise<readonly { readonly detail: unknown }[]> {
  return (await askAs<{ rows: { detail: unknown }[] }>(page, "GET", `/api/login/audit?action=${action}`)).rows;
}

/** Makes an account that may use /login and the console. */
export async function makeUser(page: Page, { username, password }: Credentials): Promise<void> {
  const settings = { "console.use": true, "settings.view": true };
  await askAs(page, "POST", "/api/login/users", { username, displayName: username, password, settings });
}
