import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import { ChangeSettings, SettingsAnswer } from "../../protocol/api/administration.ts";
import type { Refusal } from "../../protocol/errors.ts";
import type { Database } from "../database/database.ts";
import { type Route, route } from "../route.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { Passkeys } from "../sign-in/passkeys/passkeys.ts";
import { requireAdministrator } from "../representatives/giving.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import type { SiteSettings } from "./settings.ts";

export interface SettingsRoutesNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly settings: SiteSettings;
  readonly policyBook: PolicyBook;
  readonly signIns: SignIns;
  readonly passkeys: Passkeys;
}

/** /api/login/settings. Another hostname orphans passkeys: the answer says how many there are. Switching the console off ends every console at once (LOGIN-01). */
export function settingsRoutes(needs: SettingsRoutesNeeds): Route[] {
  const { database, audit, settings, policyBook, signIns, passkeys } = needs;
  const answer = async () => ({ ...(await settings.read()), passkeys: await passkeys.count(database.queries) });
  return [
    route("GET", "/api/login/settings", "settings.view", { response: SettingsAnswer }, answer),
    route(
      "PATCH",
      "/api/login/settings",
      "settings.edit",
      { body: ChangeSettings, response: SettingsAnswer },
      async ({ actor, body }) => {
        const ended = await database.transaction(async (tx) => {
          const changed = await settings.change(tx, body);
          if (changed.length === 0) return [];
          if (changed.includes("hostname"))
            requireAdministrator(actor, "Links for new passwords lead to this address.");
          const object = { kind: "settings", id: "site", name: changed.join(", ") };
          const detail = Object.fromEntries(changed.map((name) => [name, body[name]]));
          const event = { actor: auditActor(actor), object, detail };
          await audit.record(tx, { action: "settings.changed", outcome: "succeeded", ...event });
          return body.isConsoleEnabled === false ? await signIns.endIn(tx, { area: "console" }) : [];
        });
        signIns.announce(ended, consoleSwitchedOff);
        await policyBook.changed();
        return await answer();
      },
    ),
  ];
}

const consoleSwitchedOff: Refusal = {
  code: "console.disabled",
  message: "An administrator switched the web representative console off.",
};
