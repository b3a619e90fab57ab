import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { askAs, signedInAt } from "./harness/administration.ts";
import { startBrowser } from "./harness/browser.ts";
import { Site } from "./harness/site.ts";

let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

test("SPOL-10 a group policy's page takes its members out of a Jump Group, and is final about it", async () => {
  await using admin = await signedInAt(browser, `${site.address}/login/group-policies`);
  const { page } = admin;
  const { id: desks } = await askAs<{ id: string }>(page, "POST", "/api/login/jump-groups", {
    name: "Desks",
    comments: "",
  });
  const wish = { name: "Contractors", description: "", settings: {}, members: [], teams: [] };
  const jumpGroups = [{ jumpGroup: desks, role: null }];
  const path = "/api/login/group-policies";
  const { id } = await askAs<{ id: string }>(page, "POST", path, { ...wish, jumpGroups });
  await page.goto(`${site.address}/login/group-policies/${id}`);
  await page.getByRole("tab", { name: "Memberships" }).click();
  await page.getByLabel("Members and Desks").selectOption({ label: "Take out" });
  await page.getByText("No role there").waitFor();
  await page.getByLabel("Final for these Jump Groups").check();
  await page.getByRole("button", { name: "Review changes" }).click();
  await page.getByText("Jump Group Desks: members are taken out").waitFor();
  await page.getByText("Its Jump Groups are final").waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Contractors saved").waitFor();
  expect(await askAs(page, "GET", `${path}/${id}`)).toMatchObject({
    jumpGroups: [{ jumpGroup: desks, role: null, change: "remove" }],
    areJumpGroupsFinal: true,
  });
  await page.goto(`${site.address}/login/jump-groups/${desks}`);
  await page.getByText("takes its members out").waitFor();
  expect(admin.mishaps).toEqual([]);
}, 60_000);
