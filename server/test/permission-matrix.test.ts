import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Permission, permissionNames, permissions } from "../../protocol/permissions.ts";
import type { Route } from "../route.ts";
import { holdingAllBut, holdingJust, setSettings } from "./account-holding.ts";
import { TableContents } from "./table-contents.ts";
import { addAccount, PASSWORD, startTestServer, type TestServer } from "./test-server.ts";
import type { TestBrowser } from "./test-browser.ts";

/**
 * Every route by the permission on its line: an account with that permission alone is let in, one with every other is
 * not, and of the refused request nothing is left but the audit log's line.
 */
describe("NA11 every route by every permission", () => {
  let site: TestServer;
  let contents: TableContents;
  let account: string;
  let browser: TestBrowser;

  beforeAll(async () => {
    site = await startTestServer();
    contents = new TableContents(site.directory);
    browser = await site.representative("rosa");
    account = (await browser.json<{ id: string }>("GET", "/api/login/account")).id;
    await addAccount(site.core, "bystander", "representative");
  });
  afterAll(async () => {
    contents[Symbol.dispose]();
    await site[Symbol.asyncDispose]();
  });

  const nameOf = (route: Route): string => `${route.method} ${route.path}`;
  const isOf = (route: Route, permission: Permission): boolean => route.access === permission;
  const asked = (): Set<Permission> =>
    new Set(
      site.server.routes
        .map(({ access }) => access)
        .filter((access) => access !== "anyone" && access !== "signed-in" && access !== "appliance"),
    );

  /** Ids that name nothing, and a body that fits nothing: whoever is let in gets no further than that. */
  async function refusal(route: Route): Promise<{ status: number; code: string }> {
    const path = route.path.replaceAll(/:[A-Za-z]+/gu, "AAAAAAAAAAAAAAAAAAAAAA");
    const raw = route.method === "GET" ? {} : { raw: '{"nobodyKnowsThisField":1}' };
    const headers = { "content-type": "application/json" };
    const { status, code } = await browser.refusal(route.method, path, { ...raw, headers });
    // A route that signs this very browser in again leaves it as the next one should find it.
    if (code === "" && route.path.endsWith("/launch-console")) await browser.signIn("console", "rosa", PASSWORD);
    return { status, code };
  }

  /** What is asked about a session is decided by its handler, about that session: the hook only asks for the console. */
  const isDecidedLater = (permission: Permission): boolean => permissions[permission].scope === "session";

  test("NA11 every permission that a route names is one of the account, of a Jump Item or of a session", () => {
    expect(asked().size).toBeGreaterThan(15);
    for (const permission of asked()) expect(permissionNames).toContain(permission);
  });

  test("NA11 NA19 with every permission but the route's nobody is let in, and nothing but the audit log changes", async () => {
    for (const permission of asked()) {
      if (isDecidedLater(permission)) continue;
      await setSettings(site.core, account, await holdingAllBut(site.core, permission));
      for (const route of site.server.routes.filter((one) => isOf(one, permission))) {
        const before = contents.read();
        const audited = contents.auditedAfter(0).length;
        expect({ route: nameOf(route), ...(await refusal(route)) }).toEqual({
          route: nameOf(route),
          status: 403,
          code: "permission.denied",
        });
        expect({ route: nameOf(route), tables: contents.read() }).toEqual({ route: nameOf(route), tables: before });
        const added = contents
          .auditedAfter(0)
          .slice(audited)
          .map(({ action, outcome }) => [action, outcome]);
        expect({ route: nameOf(route), added }).toEqual({
          route: nameOf(route),
          added: [["permission.denied", "denied"]],
        });
      }
    }
  }, 120_000);

  test("NA11 with the route's permission alone one is let in", async () => {
    for (const permission of asked()) {
      await setSettings(site.core, account, await holdingJust(site.core, permission));
      for (const route of site.server.routes.filter((one) => isOf(one, permission))) {
        const { code } = await refusal(route);
        const isRefused = ["sign_in.required", "permission.denied", "console.disabled"].includes(code);
        expect({ route: nameOf(route), code: isRefused ? code : "let in" }).toEqual({
          route: nameOf(route),
          code: "let in",
        });
      }
    }
  }, 120_000);

  test("NA11 with nothing at all only what is for everybody who signed in is open", async () => {
    await setSettings(site.core, account, {});
    const before = contents.read();
    for (const route of site.server.routes) {
      if (route.access === "anyone" || route.access === "signed-in") continue;
      if (route.access === "appliance") {
        expect(await refusal(route)).toEqual({ status: 401, code: "sign_in.required" });
        continue;
      }
      expect({ route: nameOf(route), ...(await refusal(route)) }).toMatchObject({
        status: 403,
        code: "permission.denied",
      });
    }
    expect(contents.read()).toEqual(before);
  }, 60_000);

  test("NA11 while the console is switched off, what concerns Jump Items and sessions is closed to administrators, too", async () => {
    await setSettings(site.core, account, { "site.administer": true });
    const { queries } = site.core.database;
    await queries.updateTable("settings").set({ value: "false" }).where("name", "=", "isConsoleEnabled").execute();
    await site.core.policyBook.changed();
    for (const route of site.server.routes) {
      const { access } = route;
      if (
        access === "anyone" ||
        access === "signed-in" ||
        access === "appliance" ||
        permissions[access].scope === "account"
      )
        continue;
      const { code } = await refusal(route);
      expect({ route: nameOf(route), isOpen: code !== "console.disabled" && code !== "sign_in.required" }).toEqual({
        route: nameOf(route),
        isOpen: false,
      });
    }
  }, 60_000);
});
