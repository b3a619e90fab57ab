import { expect, test } from "bun:test";
import { noRooms, PASSWORD, startTestServer } from "../test/test-server.ts";

test("PREF-09 preferences of the console are kept per user, from any browser, and leave /login as it is", async () => {
  await using site = await startTestServer({ openRooms: noRooms });
  const rosa = await site.representative("rosa");
  const liked = { theme: "dark", density: "cozy", hasSingleKeyShortcuts: false, language: "de" };
  await rosa.json("PUT", "/api/console/preferences", liked);
  const other = site.browser();
  for (const area of ["console", "login"] as const) await other.signIn(area, "rosa", PASSWORD);
  expect(await other.json("GET", "/api/console/preferences")).toEqual(liked);
  expect(await other.json("GET", "/api/login/preferences")).toEqual({ theme: "system", lists: {} });
  const lists = { users: { search: "ann", sort: "name", isDescending: true, hiddenColumns: ["email"] } };
  await other.json("PUT", "/api/login/preferences", { theme: "light", lists });
  expect(await rosa.json("GET", "/api/login/preferences")).toEqual({ theme: "light", lists });
  expect(await rosa.json("GET", "/api/console/preferences")).toEqual(liked);
});

test("one's own names, address and language are changed in either area; permissions and other people's are not", async () => {
  await using site = await startTestServer({ openRooms: noRooms });
  const rosa = await site.representative("rosa");
  const body = { displayName: "Rosa R", publicName: "Rosa", email: "rosa@northmoor.example", language: "fr" };
  expect(await rosa.json("PATCH", "/api/login/account", body)).toMatchObject(body);
  expect(await rosa.json("GET", "/api/console/account")).toMatchObject({ ...body, isLocal: true });
  for (const bad of [{ settings: { "site.administer": true } }, { language: "xx" }, { username: "anna" }])
    expect(await rosa.refusal("PATCH", "/api/login/account", { body: bad })).toMatchObject({ code: "request.invalid" });
});
