import type { Site } from "../../../protocol/api/sign-in.ts";
import type { ConsoleMenu } from "../machine/console-menu.ts";
import { must } from "../scenario.ts";
import { ADA, OTTO } from "./people.ts";
import { WebClient } from "./web-client.ts";

/** Sets a fresh appliance up as its pages do: the site with one code of the console, /appliance with another. */
export async function setUp(address: string, menu: ConsoleMenu): Promise<void> {
  const client = new WebClient(address);
  const { isSetUp, needsPresenceCode } = await client.json<Site>("GET", "/api/site");
  must(!isSetUp, "a fresh site is not set up");
  must(needsPresenceCode === true, "set-up needs the code from the console");
  const wish = {
    siteName: "Northmoor support",
    hostname: "localhost",
    ...ADA,
    displayName: "Ada Admin",
    isConsoleEnabled: true,
    certificate: null,
  };
  const refused = await client.refusal("POST", "/api/set-up", { ...wish, presenceCode: "AAAA-AAAA" });
  must(refused.code === "presence_code.invalid", `a wrong code is refused (${JSON.stringify(refused)})`);
  await client.json("POST", "/api/set-up", { ...wish, presenceCode: await menu.setUpCode() });
  await client.json("POST", "/api/appliance/with-code", { ...OTTO, code: await menu.setUpCode() });
}

/** Signed in at /login. */
export async function siteAdministrator(address: string): Promise<WebClient> {
  const client = new WebClient(address);
  await client.signIn("/api/login/sign-in", ADA);
  return client;
}

/** Signed in at /appliance. */
export async function applianceAdministrator(address: string): Promise<WebClient> {
  const client = new WebClient(address);
  await client.signIn("/api/appliance/sign-in", OTTO);
  return client;
}
