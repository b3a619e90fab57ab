import { Value } from "@sinclair/typebox/value";
import { LoginPreferences } from "../../protocol/api/own-account.ts";
import { Preferences } from "../../protocol/api/sign-in.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Database } from "../database/database.ts";
import { type Route, route } from "../route.ts";
import { readLoginPreferences, readPreferences, writeLoginPreferences, writePreferences } from "./store.ts";

const defaults: Preferences = { theme: "system", density: "compact", hasSingleKeyShortcuts: true, language: "" };
const loginDefaults: LoginPreferences = { theme: "system", lists: {} };
const LOGIN_PATH = "/api/login/preferences";
const MAX_LISTS = 100;

/**
 * /api/console/preferences and /api/login/preferences: how one likes each to look, apart from each other. Not audited: it
 * concerns nobody else.
 */
export function preferencesRoutes({ queries }: Database): Route[] {
  const path = "/api/console/preferences";
  return [
    route("GET", path, "console.use", { response: Preferences }, async ({ actor }) =>
      parse(await readPreferences(queries, actor.id)),
    ),
    route("PUT", path, "console.use", { body: Preferences, response: Preferences }, async ({ actor, body }) => {
      await writePreferences(queries, actor.id, JSON.stringify(body));
      return body;
    }),
    route("GET", LOGIN_PATH, "signed-in", { response: LoginPreferences }, async ({ actor }) =>
      parseLogin(await readLoginPreferences(queries, actor.id)),
    ),
    route(
      "PUT",
      LOGIN_PATH,
      "signed-in",
      { body: LoginPreferences, response: LoginPreferences },
      async ({ actor, body }) => {
        if (Object.keys(body.lists).length > MAX_LISTS)
          throw new AppError("request.invalid", `Preferences remember at most ${MAX_LISTS} lists.`);
        await writeLoginPreferences(queries, actor.id, JSON.stringify(body));
        return body;
      },
    ),
  ];
}

/** Preferences of another release may lack what is new. */
function parse(text: string | null): Preferences {
  const value: unknown = text === null ? {} : JSON.parse(text);
  const merged = { ...defaults, ...(typeof value === "object" ? value : {}) };
  return Value.Check(Preferences, merged) ? merged : defaults;
}

function parseLogin(text: string | null): LoginPreferences {
  const value: unknown = text === null ? {} : JSON.parse(text);
  const merged = { ...loginDefaults, ...(typeof value === "object" ? value : {}) };
  return Value.Check(LoginPreferences, merged) ? merged : loginDefaults;
}
