import { describe, expect, test } from "bun:test";
import { makeTestAuthority } from "../test/test-authority.ts";
import { noRooms, PASSWORD, startTestServer } from "../test/test-server.ts";
import { setUpSite } from "./set-up.ts";

const wish = {
  siteName: "Northmoor support",
  hostname: "support.northmoor.example",
  username: "anna",
  displayName: "Anna Admin",
  password: PASSWORD,
  isConsoleEnabled: false,
  certificate: null,
};
const start = () => startTestServer({ openRooms: noRooms, isSetUp: false });

describe("setting a site up", () => {
  test("the page's one request names the site, makes the administrator and signs them in", async () => {
    await using site = await start();
    const anna = site.browser();
    expect(await anna.json("GET", "/api/site")).toMatchObject({ isSetUp: false });
    await anna.json("POST", "/api/set-up", wish);
    expect(await anna.json("GET", "/api/site")).toMatchObject({
      isSetUp: true,
      siteName: wish.siteName,
      hostname: wish.hostname,
    });
    expect(await anna.json("GET", "/api/login/account")).toMatchObject({ username: "anna", isAdministrator: true });
    expect(await anna.json("GET", "/api/login/certificate")).toMatchObject({
      coversHostname: true,
      isSelfSigned: true,
    });
    expect(await anna.json("GET", "/api/login/settings")).toMatchObject({ language: "en" });
    const groups = await site.core.database.queries.selectFrom("jump_groups").select("name").execute();
    expect(groups).toEqual([{ name: "General" }]);
    const { rows } = await anna.json<{ rows: { action: string }[] }>("GET", "/api/login/audit");
    expect(rows.map(({ action }) => action)).toEqual([
      "sign-in.succeeded",
      "certificate.replaced",
      "user.created",
      "site.set-up",
    ]);
  });

  test("the site's messages speak the language of the page it was set up on", async () => {
    await using site = await start();
    const anna = site.browser();
    const elsewhere = { body: { ...wish, language: "pt" } };
    expect(await anna.refusal("POST", "/api/set-up", elsewhere)).toMatchObject({ code: "request.invalid" });
    await anna.json("POST", "/api/set-up", { ...wish, language: "ja" });
    expect(await anna.json("GET", "/api/login/settings")).toMatchObject({ language: "ja" });
  });

  test("an uploaded certificate is served from then on", async () => {
    const certificate = makeTestAuthority().issue("support.northmoor.example");
    await using site = await start();
    const anna = site.browser();
    await anna.json("POST", "/api/set-up", { ...wish, certificate });
    expect(await anna.json("GET", "/api/login/certificate")).toMatchObject({ isSelfSigned: false, chainLength: 2 });
  });

  test("what cannot be taken is refused before anything is written", async () => {
    await using site = await start();
    const nobody = site.browser();
    const wishes: [object, string][] = [
      [{ ...wish, password: "short" }, "password.too_weak"],
      [{ ...wish, certificate: { chainPem: "x", keyPem: "x" } }, "certificate.invalid"],
      [{ ...wish, hostname: "spaces are wrong" }, "request.invalid"],
      [{ ...wish, username: "two words" }, "request.invalid"],
      [{ ...wish, role: "administrator" }, "request.invalid"],
    ];
    for (const [body, code] of wishes)
      expect(await nobody.refusal("POST", "/api/set-up", { body })).toMatchObject({ code });
    expect(await nobody.json("GET", "/api/site")).toMatchObject({ isSetUp: false });
  });

  test("before set-up nobody can sign in and nothing but set-up is open", async () => {
    await using site = await start();
    const body = { username: "anna", password: PASSWORD };
    expect(await site.browser().refusal("POST", "/api/login/sign-in", { body })).toMatchObject({
      code: "sign_in.failed",
    });
    expect(await site.browser().refusal("GET", "/api/login/users")).toMatchObject({ code: "sign_in.required" });
  });

  test("NA7 of many at once one wins, the rest find nothing there", async () => {
    await using site = await start();
    const requests = Array.from({ length: 8 }, (_, index) =>
      site.browser().refusal("POST", "/api/set-up", { body: { ...wish, username: `anna${index}` } }),
    );
    const statuses = (await Promise.all(requests)).map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, ...Array.from({ length: 7 }, () => 404)]);
    const accounts = await site.core.database.queries.selectFrom("representatives").select("id").execute();
    expect(accounts).toHaveLength(1);
  });

  test("NA7 the command refuses as the page does once an administrator exists", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    await expect(setUpSite(site.core, { kind: "system" }, wish)).rejects.toMatchObject({ code: "set_up.done" });
  });

  test("NA13 a foreign page cannot set a site up", async () => {
    await using site = await start();
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const refusal = await site.browser().refusal("POST", "/api/set-up", { body: wish, headers });
    expect(refusal).toEqual({ status: 403, code: "sign_in.foreign_origin" });
  });
});
