/** Everything about who administers the appliance, wired. */
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { SiteSecurity } from "../security/site-security.ts";
import type { SiteSettings } from "../settings/settings.ts";
import { FailedSignIns } from "../sign-in/failed-sign-ins.ts";
import type { PasswordHasher } from "../sign-in/password-hasher.ts";
import type { Passwords } from "../sign-in/passwords/passwords.ts";
import { ApplianceAdministrators } from "./administrators.ts";
import { AppSecrets } from "./app-secrets.ts";
import { ApplianceAuthentication } from "./authentication.ts";
import { OwnProofs } from "./own-proofs.ts";
import { PresenceCodes } from "./presence-codes.ts";
import { ApplianceSignIns } from "./sign-ins.ts";
import { findByUsername, writeFailures } from "./store.ts";

export interface ApplianceAccessNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly settings: SiteSettings;
  readonly security: SiteSecurity;
  readonly hasher: PasswordHasher;
  readonly passwords: Passwords;
}
export interface ApplianceAccess {
  readonly administrators: ApplianceAdministrators;
  readonly authentication: ApplianceAuthentication;
  readonly ownProofs: OwnProofs;
  readonly presenceCodes: PresenceCodes;
}

export function openApplianceAccess(
  needs: ApplianceAccessNeeds,
): ApplianceAccess & { readonly applianceSignIns: ApplianceSignIns } {
  const applianceSignIns = new ApplianceSignIns(needs.database, needs.clock);
  const failed = new FailedSignIns(needs, { find: findByUsername, write: writeFailures });
  const appSecrets = new AppSecrets(needs);
  const presenceCodes = new PresenceCodes(needs);
  const parts = { ...needs, applianceSignIns, failed, appSecrets, presenceCodes };
  const ownProofs = new OwnProofs(parts);
  const administrators = new ApplianceAdministrators({ ...parts, ownProofs });
  const authentication = new ApplianceAuthentication({ ...parts, administrators });
  return { administrators, authentication, ownProofs, presenceCodes, applianceSignIns };
}
