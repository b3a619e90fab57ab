/** What a new account may do from the start; more is given on its page or by group policies. */
import type { DefinedSettings } from "../../../protocol/account-settings.ts";
import { START_SESSIONS_ROLE } from "../../../protocol/built-in-roles.ts";

export type StartRights = "representative" | "administrator" | "none";

export const startRights: Readonly<
  Record<StartRights, { readonly label: string; readonly help: string; readonly settings: DefinedSettings }>
> = {
  representative: {
    label: "Representative",
    help: "May use the console and start sessions with every computer. In administration only their own account.",
    settings: {
      "console.use": true,
      "session.join": true,
      "session.end": true,
      systemJumpItemRole: START_SESSIONS_ROLE,
    },
  },
  administrator: {
    label: "Administrator",
    help: "May do everything: settings, users, Jump Clients, the audit log, and every support session.",
    settings: { "site.administer": true },
  },
  none: {
    label: "Nothing of their own",
    help: "Only what group policies give. Until one names this user, they can sign in and see their own account.",
    settings: {},
  },
};

export const startOptions = (["representative", "administrator", "none"] as const).map((value) => ({
  value,
  label: startRights[value].label,
}));
