import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Route } from "../route.ts";
import { TableContents } from "./table-contents.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

const signInSteps = ["", "/enrol-app", "/new-password", "/passkey", "/passkey-options", "/second-proof", "/where"];
const scimThings = ["Users", "Groups"].flatMap((kind) => [
  ...["GET", "POST"].map((method) => `${method} /scim/v2/${kind}`),
  ...["GET", "PUT", "PATCH", "DELETE"].map((method) => `${method} /scim/v2/${kind}/:id`),
]);
const scimDocuments = ["ResourceTypes", "Schemas", "ServiceProviderConfig"].map((name) => `GET /scim/v2/${name}`);

/** What other sites' pages or programs may send, beside our own pages; each proves by itself who asks. */
const openToOthers = [
  ...["GET /oidc/:id/callback", "GET /saml/:id/metadata", "GET /saml/:id/slo", "POST /saml/:id/acs"],
  ...["POST /saml/:id/slo", "POST /api/oauth/token", ...scimThings, ...scimDocuments],
];
/** What somebody may ask who is not signed in: each line is a decision, and a new one shows here. */
const openToAnyone = [
  ...openToOthers,
  ...["login", "console"].flatMap((area) => [
    `GET /api/${area}/sign-in/with/:provider`,
    ...signInSteps.map((step) => `POST /api/${area}/sign-in${step}`),
  ]),
  ...["POST /api/login/reset-link", "POST /api/login/reset-password", "POST /api/set-up"],
  ...["GET /api/sign-in-methods", "GET /api/sign-in-refusals/:token", "GET /api/site", "GET /gateway/trust"],
  "GET /saml/:id/sign-out/:token",
  ...["GET /api/appliance/start", "POST /api/appliance/sign-in", "POST /api/appliance/sign-in/second-proof"],
  "POST /api/appliance/with-code",
];

/** As test-server.ts calls its server. */
const VERSION = "0.0.0-test";

describe("default deny", () => {
  let site: TestServer;
  beforeAll(async () => {
    site = await startTestServer();
  });
  afterAll(() => site[Symbol.asyncDispose]());

  const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
  const pathOf = ({ path }: Route): string => path.replaceAll(/:[A-Za-z]+/gu, "A".repeat(22));
  const needsSomebody = () => site.server.routes.filter(({ access }) => access !== "anyone");

  test("NA11 what is open without a sign-in is on a short list, and what other callers may send on a shorter one", () => {
    const { routes } = site.server;
    const named = (chosen: (route: Route) => boolean) => routes.filter(chosen).map(nameOf).toSorted();
    expect(named(({ access }) => access === "anyone")).toEqual(openToAnyone.toSorted());
    expect(named(({ shapes }) => shapes.callers !== undefined)).toEqual(openToOthers.toSorted());
  });

  test("no answer to somebody who is not signed in tells which version runs here", async () => {
    const answers = openToAnyone.map(async (name) => {
      const [method = "", path = ""] = name.split(" ");
      const response = await site.browser().request(method, path.replaceAll(/:[A-Za-z]+/gu, "A".repeat(22)));
      return { name, headers: JSON.stringify([...response.headers]), text: await response.text() };
    });
    for (const { name, headers, text } of await Promise.all(answers)) {
      expect({ name, tells: (headers + text).includes(VERSION) }).toEqual({ name, tells: false });
    }
    const anna = await site.administrator();
    expect(await anna.json("GET", "/api/login/account")).toMatchObject({ serverVersion: VERSION });
  });

  test("NA11 nobody, a made-up token and methods that no route names change nothing anywhere", async () => {
    using contents = new TableContents(site.directory);
    const before = contents.read();
    const bearer = { headers: { authorization: `Bearer ${"A".repeat(43)}` } };
    for (const route of needsSomebody()) {
      const raw = route.method === "GET" ? {} : { raw: "{}", headers: { "content-type": "application/json" } };
      expect({ route: nameOf(route), ...(await site.browser().refusal(route.method, pathOf(route), raw)) }).toEqual({
        ...{ route: nameOf(route), status: 401, code: "sign_in.required" },
      });
      const asProgram = await site.browser().request(route.method, pathOf(route), { ...raw, ...bearer });
      expect({ route: nameOf(route), status: asProgram.status }).toEqual({ route: nameOf(route), status: 401 });
    }
    expect(contents.read()).toEqual(before);
  }, 60_000);

  test("NA11 an administrator's cookie answers no HEAD, OPTIONS or TRACE, and no program's token opens the console's routes", async () => {
    const anna = await site.administrator("login", "console");
    using contents = new TableContents(site.directory);
    const before = contents.read();
    for (const route of needsSomebody()) {
      for (const method of ["HEAD", "OPTIONS", "PROPFIND"]) {
        const response = await anna.request(method, pathOf(route));
        expect({ route: nameOf(route), method, status: response.status }).toEqual({
          ...{ route: nameOf(route), method, status: 404 },
        });
        expect(response.headers.get("access-control-allow-origin")).toBeNull();
      }
      if (!route.path.startsWith("/api/console/")) continue;
      // With a token beside it, the cookie does not count.
      const headers = { authorization: `Bearer ${"A".repeat(43)}` };
      expect(await anna.refusal(route.method, pathOf(route), { headers })).toMatchObject({ status: 401 });
    }
    expect(contents.read()).toEqual(before);
  }, 60_000);
});
