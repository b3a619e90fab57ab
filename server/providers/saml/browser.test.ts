import { expect, test } from "bun:test";
import { chromium } from "playwright-core";
import type { Provider } from "../../../protocol/api/providers.ts";
import { systemClock } from "../../clock.ts";
import { barePages } from "../../test/peers/bare-pages.ts";
import { insertGroupPolicy } from "../../test/peers/group-policy.ts";
import { SAML_PEOPLE, startSimpleSamlPhp } from "../../test/peers/simple-saml-php.ts";
import { temporaryDirectory } from "../../test/temporary-directory.ts";
import { noRooms, startTestServer } from "../../test/test-server.ts";

test("LOGIN-21 NA20 in Chromium the tile lands signed in on /console, though the cookie is SameSite=Strict", async () => {
  using directory = temporaryDirectory();
  await using idp = await startSimpleSamlPhp();
  const assets = barePages(directory.path);
  await using site = await startTestServer({ clock: systemClock, openRooms: noRooms, assets });
  const admin = await site.administrator();
  const config = await admin.json("POST", "/api/login/providers/saml/read-metadata", { xml: await idp.metadata() });
  const policy = await insertGroupPolicy(site.core, "Console", { "console.use": { value: true, isFinal: false } });
  const provider = await admin.json<Provider>("POST", "/api/login/providers", {
    ...{ name: "IdP", isEnabled: true, config, emailDomains: [] },
    mapping: {
      attributes: { username: "uid", displayName: "cn", email: "mail", groups: "groups" },
      createsAccounts: true,
      groupSync: "authoritative",
      groupRules: [{ group: "Support", groupPolicies: [policy], teams: [] }],
    },
  });
  idp.know(await (await admin.request("GET", `/api/login/providers/${provider.id}/metadata`)).text());

  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const origin = site.url.replace("127.0.0.1", "localhost");
    for (const start of [
      idp.tile(provider.ours!.entityId, "console"),
      `${origin}/api/console/sign-in/with/${provider.id}`,
    ]) {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const page = await context.newPage();
      await page.goto(start);
      await page.fill("input[name=username]", "carol");
      await page.fill("input[name=password]", SAML_PEOPLE.carol);
      await page.press("input[name=password]", "Enter");
      await page.waitForURL(`${origin}/console`);
      const account = await page.evaluate(async () => (await fetch("/api/console/account")).json());
      expect(account).toMatchObject({ username: "carol" });
      const cookies = await context.cookies(origin);
      const own = cookies.find(({ name }) => name === "__Host-causeway-console");
      expect(own).toMatchObject({ sameSite: "Strict", secure: true, httpOnly: true });
      // The cookie that bound the browser to its request is gone with it.
      expect(cookies.filter(({ name }) => name.includes("-way-"))).toEqual([]);
      await context.close();
    }
  } finally {
    await browser.close();
  }
});
