import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { deciding } from "../actor.ts";
import { decide } from "../policy/decide.ts";
import { mayBeHeldSomewhere } from "../policy/permissions-of.ts";
import type { Route } from "../route.ts";
import { startTestServer, type TestServer } from "./test-server.ts";
import type { TestBrowser } from "./test-browser.ts";

/**
 * Every route there is, asked by nobody, by a representative and by an administrator, of both areas. What is expected
 * comes from the permission on the route's own line; a route that answers more kindly than decide() fails here.
 */
describe("NA11 every route, by everybody", () => {
  let site: TestServer;
  let nobody: TestBrowser;
  let representative: TestBrowser;
  let administrator: TestBrowser;

  beforeAll(async () => {
    site = await startTestServer();
    nobody = site.browser();
    representative = await site.representative("rosa");
    administrator = await site.administrator("login", "console");
  });
  afterAll(() => site[Symbol.asyncDispose]());

  /** Ids that name nothing, and a body that fits nothing: whoever is let in gets no further than that. */
  const ask = (browser: TestBrowser, route: Route, headers: Record<string, string | null> = {}) => {
    const path = route.path.replaceAll(/:[A-Za-z]+/gu, "AAAAAAAAAAAAAAAAAAAAAA");
    const raw = route.method === "GET" ? {} : { raw: '{"nobodyKnowsThisField":1}' };
    return browser.refusal(route.method, path, { ...raw, headers: { "content-type": "application/json", ...headers } });
  };
  const accessCodes = new Set(["sign_in.required", "permission.denied", "console.disabled", "sign_in.foreign_origin"]);
  const guarded = () => site.server.routes.filter((route) => route.access !== "anyone");

  test("NA11 there are routes, and each names a method, a path of an area and a permission", () => {
    expect(site.server.routes.length).toBeGreaterThan(20);
    const ofArea = /^\/api\/(login|console)\//u;
    for (const { path, access } of guarded())
      expect(path).toMatch(access === "appliance" ? /^\/api\/appliance\//u : ofArea);
  });

  test("NA11 nobody is let in anywhere but where a route is open to anyone", async () => {
    for (const route of guarded()) {
      const answer = await ask(nobody, route);
      expect({ route: `${route.method} ${route.path}`, ...answer }).toMatchObject({
        status: 401,
        code: "sign_in.required",
      });
    }
  });

  test("NA11 a representative is let in where decide() says so and nowhere else", async () => {
    const { id } = await representative.json<{ id: string }>("GET", "/api/login/account");
    const { policyBook } = site.core;
    const actor = deciding({ rights: await policyBook.rightsOf(id), scopes: null });
    const policies = policyBook.current();
    for (const route of guarded().filter(
      ({ path }) => !/\/sign-out(?:-at-provider)?$/u.test(path) && path !== "/api/login/launch-console",
    )) {
      const { outcome, because } = decide({
        actor,
        jumpItem: null,
        permission: route.access,
        policies,
        now: new Date(),
      });
      const may =
        outcome === "allow" || (because.rule === "no-jump-item" && mayBeHeldSomewhere(actor, because.permission));
      const { code } = await ask(representative, route);
      const isLetIn = !accessCodes.has(code);
      expect({ route: `${route.method} ${route.path}`, isLetIn }).toMatchObject({
        isLetIn: may,
      });
    }
  });

  test("NA11 an administrator's cookie of one area opens nothing in the other", async () => {
    const loginOnly = await site.administrator("login");
    const consoleOnly = await site.administrator("console");
    for (const route of guarded()) {
      const wrong = route.path.startsWith("/api/login/") ? consoleOnly : loginOnly;
      expect({ route: `${route.method} ${route.path}`, ...(await ask(wrong, route)) }).toMatchObject({ status: 401 });
    }
  });

  test("NA13 every route that is not a public GET is refused to a foreign page, whoever's cookies it carries", async () => {
    const foreign = [
      { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
      { origin: "https://evil.example", "sec-fetch-site": null },
      { origin: null, "sec-fetch-site": "same-site" },
      { origin: `https://127.0.0.1:1`, "sec-fetch-site": "same-site" },
      { origin: null, "sec-fetch-site": null },
      { origin: "null", "sec-fetch-site": null },
      { origin: `${site.url}.evil.example`, "sec-fetch-site": null },
    ];
    const ours = ({ shapes }: Route): boolean => shapes.isPublic !== true && shapes.callers === undefined;
    for (const route of site.server.routes.filter(ours))
      for (const headers of foreign) {
        if (route.path === "/api/set-up") continue;
        const answer = await ask(administrator, route, headers);
        expect({ route: `${route.method} ${route.path}`, ...answer }).toMatchObject({
          status: 403,
          code: "sign_in.foreign_origin",
        });
      }
  });
});
