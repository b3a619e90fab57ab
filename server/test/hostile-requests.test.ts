import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { TSchema } from "@sinclair/typebox";
import { newId } from "../new-id.ts";
import type { Route } from "../route.ts";
import { GROUP_POLICIES, makePolicy, TEAMS } from "./account-scenes.ts";
import { addJumpGroup, addJumpPolicy, addRole, addSessionPolicy } from "./policy-rows.ts";
import { TableContents } from "./table-contents.ts";
import type { TestBrowser } from "./test-browser.ts";
import { addAccount, startTestServer, type TestServer } from "./test-server.ts";
import { smallestValue } from "./valid-values.ts";

/** Somebody who may do everything sends what nobody's page would. */
describe("hostile requests of an administrator", () => {
  let site: TestServer;
  let anna: TestBrowser;
  let foreign: readonly string[];
  beforeAll(async () => {
    site = await startTestServer();
    anna = await site.administrator("login", "console");
    const { core } = site;
    foreign = [
      await addAccount(core, "otto", {}),
      await addJumpGroup(core, "Desks"),
      await addJumpGroup(core, "Otto's", await addAccount(core, "owner", {})),
      await addRole(core, "jump-items.view"),
      await addJumpPolicy(core, {}),
      await addSessionPolicy(core, {}),
      (await makePolicy(anna, "Policy")).id,
      (await anna.json<{ id: string }>("POST", TEAMS, { name: "Team", comments: "", members: [] })).id,
    ];
  });
  afterAll(() => site[Symbol.asyncDispose]());

  const odd = [
    newId<string>(),
    ...["__proto__", "constructor", "toString", "null", "0", "-1", "%00", "%F0%9F%92%A5", "a%20b", "x".repeat(5000)],
    ...["%27%20or%201=1--", "..%2f..%2fetc", "%ED%A0%80", "%2500", "*", "%25"],
  ];
  const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
  /** Those of our own pages; what ends one's own sign-in is left out, and what an identity provider sends. */
  const routes = () =>
    site.server.routes.filter(
      ({ path, access, shapes }) =>
        shapes.callers === undefined && access !== "anyone" && !/sign-out|\/account/u.test(path),
    );
  const fill = (path: string, value: string): string => path.replaceAll(/:[A-Za-z]+/gu, value);
  const failures = () => site.log.filter((line) => line.includes("a request failed"));

  test("ids that are odd, or of something else, are refused in words and break nothing", async () => {
    for (const route of routes().filter(({ path }) => path.includes(":"))) {
      const body = route.shapes.body === undefined ? undefined : smallestValue(route.shapes.body);
      const request = body === undefined ? {} : { body };
      for (const value of odd) {
        const { status } = await anna.refusal(route.method, fill(route.path, value), request);
        // What was deleted still has its history.
        const isRefused = status >= 400 || (route.method === "GET" && route.path.endsWith("/history"));
        expect({ route: nameOf(route), value, isRefused: isRefused && status < 500 }).toEqual({
          ...{ route: nameOf(route), value, isRefused: true },
        });
      }
      for (const value of foreign) {
        const { status } = await anna.refusal(route.method, fill(route.path, value), request);
        expect({ route: nameOf(route), value, isAnswer: status < 500 }).toEqual({
          ...{ route: nameOf(route), value, isAnswer: true },
        });
      }
    }
    expect(failures()).toEqual([]);
  }, 120_000);

  test("names of blanks, or with invisible characters that turn the others around, are none; names of every script are", async () => {
    const rules = { grants: {}, prompting: null };
    const availability = { users: true, repInvite: false, jumpItems: true };
    const places: readonly [string, (name: string) => object][] = [
      [TEAMS, (name) => ({ name, comments: "", members: [] })],
      ["/api/login/jump-groups", (name) => ({ name, comments: "" })],
      ["/api/login/jump-item-roles", (name) => ({ name, description: "", permissions: [] })],
      ["/api/login/session-policies", (displayName) => ({ displayName, description: "", availability, rules })],
      [GROUP_POLICIES, (name) => ({ name, description: "", settings: {}, members: [], jumpGroups: [], teams: [] })],
    ];
    for (const [path, named] of places) {
      for (const name of [
        "   ",
        "\u00a0",
        "\u200b",
        "Desk\u202es",
        "Te\u2060am",
        "\ufeffTeam",
        "a\u0000b",
        "x".repeat(129),
      ])
        expect({ path, name, code: (await anna.refusal("POST", path, { body: named(name) })).code }).toEqual({
          ...{ path, name, code: "request.invalid" },
        });
      for (const name of ["Łódź", "李雷", "مريم", "👩‍👩‍👧 family", "O'Neill; drop table teams --", "<b>bold</b>"]) {
        const { id } = await anna.json<{ id: string }>("POST", path, named(name));
        const seen = JSON.stringify(await anna.json("GET", path));
        expect(seen).toContain(JSON.stringify(name));
        expect(id).toHaveLength(22);
      }
    }
  }, 60_000);

  test("bodies with more in them than asked, of another kind, or with endless lists change nothing", async () => {
    using contents = new TableContents(site.directory);
    const before = contents.read();
    for (const route of routes()) {
      const { body } = route.shapes;
      if (body === undefined) continue;
      const path = fill(route.path, "A".repeat(22));
      for (const raw of hostileBodies(body)) {
        const headers = { "content-type": "application/json" };
        const { status } = await anna.refusal(route.method, path, { raw, headers });
        expect({ route: nameOf(route), raw: raw.slice(0, 200), isRefused: status >= 400 && status < 500 }).toEqual({
          ...{ route: nameOf(route), raw: raw.slice(0, 200), isRefused: true },
        });
      }
    }
    expect(failures()).toEqual([]);
    expect(contents.read()).toEqual(before);
  }, 120_000);
});

function hostileBodies(shape: TSchema): string[] {
  const fit = smallestValue(shape);
  const whole = typeof fit === "object" && fit !== null ? fit : {};
  const properties = Object.entries((shape["properties"] as Record<string, TSchema> | undefined) ?? {});
  const lists = properties.filter(([, { type }]) => type === "array");
  const more = ["id", "isAdministrator", "settings", "createdAt", "madeBy", "owner", "isBuiltIn"];
  const unknown = more.filter((name) => !properties.some(([known]) => known === name));
  return [
    ...["null", "[]", '"x"', "1", "{", "", `{"__proto__":{"isAdministrator":true}}`, "[".repeat(50_000)],
    ...unknown.map((name) => JSON.stringify({ ...whole, [name]: true })),
    ...lists.map(([name]) =>
      JSON.stringify({ ...whole, [name]: Array.from({ length: 100_000 }, () => "A".repeat(22)) }),
    ),
  ];
}
