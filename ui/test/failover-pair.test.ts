import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { dialogOf, openVisitor } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { eventually } from "./harness/eventually.ts";
import { ADMIN, Site } from "./harness/site.ts";

const LONG_TEST_MS = 180_000;
const PATIENCE_MS = 60_000;
const LOADED_MS = 5_000;

let site: Site;
let fresh: Site;
let browser: Browser;
beforeAll(async () => {
  [site, fresh, browser] = await Promise.all([Site.start(), Site.start({ isSetUp: false }), startBrowser()]);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await fresh?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

/** Signs in to /appliance as its first administrator, by the code of the console. */
async function enterAppliance(page: Page, box: Site, username: string): Promise<void> {
  const code = /^[A-Z2-9]{4}-[A-Z2-9]{4}$/mu.exec(await box.command(["presence-code"]))?.[0];
  await page.goto(`${box.directAddress}/appliance`);
  await page.getByLabel("Code").fill(code ?? "");
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("New password", { exact: true }).fill(ADMIN.password);
  await page.getByLabel("New password again").fill(ADMIN.password);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "Failover pair" }).waitFor();
}

/** For a moment nobody listens there: the service starts anew in its other role. */
async function goWhenItAnswers(page: Page, url: string, status: number): Promise<void> {
  const endsAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const answered = await page.goto(url).catch(() => null);
    if (answered?.status() === status) return;
    if (performance.now() > endsAt) throw new Error(`${url} does not answer ${status}`);
    await Bun.sleep(200);
  }
}

/** Opens /appliance, which starts anew in its other role, and signs in where the sign-in did not outlive that. */
async function enterAgain(page: Page, { directAddress }: Site, username: string): Promise<void> {
  const panel = page.getByRole("heading", { name: "Failover pair" });
  const field = page.getByLabel("User name");
  // What answered may have been about to end: then its page did not load.
  await eventually("its page is there", async () => {
    await goWhenItAnswers(page, `${directAddress}/appliance`, 200);
    return await panel
      .or(field)
      .waitFor({ timeout: LOADED_MS })
      .then(
        () => true,
        () => false,
      );
  });
  if (await panel.isVisible()) return;
  await field.fill(username);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await panel.waitFor();
}

/** By keyboard: opens the history, newest first, and closes it; the focus is where it was. */
async function seeHistory(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: "History", exact: true });
  await button.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "History of the failover pair" });
  const lines = await dialog.getByRole("listitem").allTextContents();
  expect(lines[0]).toContain("A drill passed. The copy opens, every page and reference is sound");
  expect(lines.at(-1)).toContain("became the standby.");
  expect(
    await dialog
      .getByRole("button", { name: "Close" })
      .last()
      .evaluate((it) => it === document.activeElement),
  ).toBe(true);
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await button.evaluate((it) => it === document.activeElement)).toBe(true);
}

test(
  "B34 one appliance invites, the other one joins, and one click changes roles",
  async () => {
    await using atSite = await openVisitor(browser);
    await using atFresh = await openVisitor(browser);
    const [primary, standby] = [atSite.page, atFresh.page];
    for (const page of [primary, standby]) page.setDefaultTimeout(PATIENCE_MS);
    await enterAppliance(primary, site, "root-ada");
    await enterAppliance(standby, fresh, "root-otto");

    await primary.getByRole("button", { name: "Invite a standby" }).click();
    await dialogOf(primary).getByRole("button", { name: "Make an invitation" }).click();
    const invitation = (await dialogOf(primary).getByRole("group", { name: "Invitation" }).textContent()) ?? "";
    expect(await accessibilityFindings(primary)).toEqual([]);
    await dialogOf(primary).getByRole("button", { name: "Done" }).click();

    await standby.getByRole("button", { name: "Make this the standby" }).click();
    await dialogOf(standby).getByLabel("Invitation").fill(invitation);
    await dialogOf(standby).getByRole("button", { name: "Replace its data and follow" }).click();
    await primary.getByText("In step, ", { exact: false }).waitFor();
    expect(await accessibilityFindings(primary)).toEqual([]);
    await standby.getByText("standby, this one").waitFor();

    await primary.getByRole("button", { name: "Run a drill" }).click();
    await dialogOf(primary).getByRole("button", { name: "Run the drill" }).click();
    await primary.getByText("The drill is over").waitFor();

    await seeHistory(primary);

    await primary.getByRole("button", { name: "Fail over" }).click();
    await dialogOf(primary).getByRole("button", { name: "Change roles" }).click();
    await primary.getByText("standby, this one").waitFor();
    // The site is where its copy was, and here is none.
    await goWhenItAnswers(standby, `${fresh.directAddress}/login`, 200);
    await standby.getByLabel("User name").fill(ADMIN.username);
    await standby.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await standby.getByRole("button", { name: "Sign in", exact: true }).click();
    await standby.getByRole("navigation", { name: "Administration" }).waitFor();
    await goWhenItAnswers(primary, `${site.directAddress}/login`, 503);
    await primary.getByRole("heading", { name: "This is a standby" }).waitFor();

    // The other one dies as soon as its copy is here, and this one takes over by force: what was lost is said by itself.
    await enterAgain(primary, site, "root-ada");
    await primary.getByText("In step, ", { exact: false }).waitFor();
    await primary.getByText("What the other one wrote").waitFor({ state: "detached" });
    process.kill(fresh.serverPid, "SIGKILL");
    await primary.getByText("The other one was last reached").waitFor();
    await primary.getByRole("button", { name: "Fail over" }).click();
    await dialogOf(primary).getByText("Change roles by force: the other one is not reached").click();
    await dialogOf(primary).getByRole("button", { name: "Change roles by force" }).click();
    await primary.getByText("primary, this one").waitFor();
    const loss = primary.getByRole("status").filter({ hasText: "This appliance took over by force" });
    // The panel may still be that of the process that ends, whose sign-ins are not those of the copy.
    await eventually(
      "the loss is told",
      async () => {
        await enterAgain(primary, site, "root-ada");
        const told = loss.getByText("What the other one wrote").waitFor({ timeout: LOADED_MS });
        return await told.then(
          () => true,
          () => false,
        );
      },
      PATIENCE_MS,
    );
    expect(await loss.textContent()).toMatch(
      /wrote after .* \d\d:\d\d:\d\d .* is lost.*longer while the pair is not in step/su,
    );
    expect(await accessibilityFindings(primary)).toEqual([]);
  },
  LONG_TEST_MS,
);
