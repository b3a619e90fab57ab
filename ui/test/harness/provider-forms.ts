/** The page of security providers, as administrators use it. */
import type { Page } from "playwright-core";

/** Begins a provider of that kind, as the menu calls it. */
export async function addProvider(page: Page, kind: string): Promise<void> {
  await page.getByRole("button", { name: "Add provider" }).first().click();
  await page.getByRole("menuitem", { name: kind }).click();
}

export async function saveProvider(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Security provider saved").first().waitFor();
}

/** Who is in the provider's group gets a group policy. */
export async function addGroupRule(page: Page, group: string, groupPolicy: string): Promise<void> {
  await page.getByRole("button", { name: "Add a rule for a group" }).click();
  await page.getByLabel("Who is in the group").fill(group);
  await page.getByRole("combobox", { name: "gets these group policies" }).fill(groupPolicy);
  await page.getByRole("option", { name: groupPolicy }).click();
  await page.keyboard.press("Escape");
}

/** A provider's first answer comes from programs that have just started, beside other tests. */
const TRIED_MS = 30_000;

/** What trying a provider brought is shown. @throws {Error} with what stands there instead, and where the window is */
export async function seeTried(page: Page, popup: Page, words: string): Promise<void> {
  const panel = page.locator("section", { has: page.getByRole("heading", { name: "Try it" }) });
  try {
    await panel.getByText(words).first().waitFor({ timeout: TRIED_MS });
  } catch (cause) {
    const there = popup.isClosed() ? "closed" : `${popup.url()} ${await popup.locator("body").innerText()}`;
    throw new Error(`The try did not bring it. The panel: ${await panel.innerText()}\nIts window: ${there}`, { cause });
  }
}
