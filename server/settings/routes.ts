import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import { ChangeSettings, Settings } from "../../protocol/api/administration.ts";
import type { Refusal } from "../../protocol/errors.ts";
import type { Database } from "../database/database.ts";
import { type Route, route } from "../route.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import type { SiteSettings } from "./settings.ts";

export interface SettingsRoutesNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly settings: SiteSettings;
  readonly policyBook: PolicyBook;
  readonly signIns: SignIns;
}

/** /api/login/settings. Switching the console off ends every console at once (LOGIN-01). */
export function settingsRoutes({ database, audit, settings, policyBook, signIns }: SettingsRoutesNeeds): Route[] {
  return [
    route("GET", "/api/login/settings", "settings.view", { response: Settings }, () => settings.read()),
    route(
      "PATCH",
      "/api/login/settings",
      "settings.edit",
      { body: ChangeSettings, response: Settings },
      async ({ actor, body }) => {
        const ended = await database.transaction(async (tx) => {
          const changed = await settings.change(tx, body);
          if (changed.length === 0) return [];
          const object = { kind: "settings", id: "site", name: changed.join(", ") };
          const detail = Object.fromEntries(changed.map((name) => [name, body[name]]));
          const event = { actor: auditActor(actor), object, detail };
          await audit.record(tx, { action: "settings.changed", outcome: "succeeded", ...event });
          return body.isConsoleEnabled === false ? await signIns.endIn(tx, { area: "console" }) : [];
        });
        signIns.announce(ended, consoleSwitchedOff);
        await policyBook.changed();
        return await settings.read();
      },
    ),
  ];
}

const consoleSwitchedOff: Refusal = {
  code: "console.disabled",
  message: "An administrator switched the web representative console off.",
};
