import { Value } from "@sinclair/typebox/value";
import { Preferences } from "../../protocol/api/sign-in.ts";
import type { Database } from "../database/database.ts";
import { type Route, route } from "../route.ts";
import { readPreferences, writePreferences } from "./store.ts";

const defaults: Preferences = { theme: "system", density: "compact", hasSingleKeyShortcuts: true };

/** /api/console/preferences: how one likes the console to look. Not audited: it concerns nobody else. */
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
  ];
}

/** Preferences of another release may lack what is new. */
function parse(text: string | null): Preferences {
  const value: unknown = text === null ? {} : JSON.parse(text);
  const merged = { ...defaults, ...(typeof value === "object" ? value : {}) };
  return Value.Check(Preferences, merged) ? merged : defaults;
}
