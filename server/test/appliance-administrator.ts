/** Somebody who administers a test's appliance, with a browser that is signed in to /appliance. */
import { PASSWORD, type TestServer } from "./test-server.ts";
import type { TestBrowser } from "./test-browser.ts";

/** @param username of a new administrator, or of one who gets in by a code */
export async function applianceAdministrator(site: TestServer, username = "olga"): Promise<TestBrowser> {
  const code = await site.core.applianceAccess.presenceCodes.create();
  const browser = site.browser();
  await browser.json("POST", "/api/appliance/with-code", { code, username, password: PASSWORD });
  return browser;
}
