import type { DefinedSettings } from "../../protocol/account-settings.ts";
import { START_SESSIONS_ROLE } from "./built-in-roles.ts";

/** What the first account of a site may do: everything. */
export const administratorSettings: DefinedSettings = { "site.administer": true };

/** Whoever only helps people: starts sessions with every Jump Item. */
export const representativeSettings: DefinedSettings = {
  "console.use": true,
  "session.join": true,
  "session.end": true,
  systemJumpItemRole: START_SESSIONS_ROLE,
};
