/** Everything about signing in, wired. */
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Email } from "../email/email.ts";
import type { Log } from "../log.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { SiteSecurity } from "../security/site-security.ts";
import type { SiteSettings } from "../settings/settings.ts";
import type { PublicAddress } from "../site/public-address.ts";
import type { Admission } from "./admission.ts";
import { Authentication, type PasswordDirectories } from "./authentication.ts";
import { FailedSignIns } from "./failed-sign-ins.ts";
import { OwnAccount } from "./own-account.ts";
import { Passkeys } from "./passkeys/passkeys.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import { Passwords } from "./passwords/passwords.ts";
import { ResetLinks } from "./passwords/reset-links.ts";
import { AuthenticatorApps } from "./second-proof/authenticator-apps.ts";
import { RecoveryCodes } from "./second-proof/recovery-codes.ts";
import { SignInFlow } from "./sign-in-flow.ts";
import { Methods, type OfferedProviders } from "./sign-in-methods.ts";
import type { SignIns } from "./sign-ins.ts";
import { Steps } from "./steps.ts";
import { findByUsername, writeFailures } from "./store.ts";

export interface SignInNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly settings: SiteSettings;
  readonly security: SiteSecurity;
  readonly publicAddress: PublicAddress;
  readonly policyBook: PolicyBook;
  readonly hasher: PasswordHasher;
  readonly signIns: SignIns;
  readonly admission: Admission;
  readonly email: Email;
  readonly directories: PasswordDirectories;
  readonly offeredProviders: OfferedProviders;
}
export interface SignInParts {
  readonly admission: Admission;
  readonly failedSignIns: FailedSignIns;
  readonly passwords: Passwords;
  readonly passkeys: Passkeys;
  readonly authenticatorApps: AuthenticatorApps;
  readonly recoveryCodes: RecoveryCodes;
  readonly flow: SignInFlow;
  readonly authentication: Authentication;
  readonly resetLinks: ResetLinks;
  readonly ownAccount: OwnAccount;
  readonly methods: Methods;
}

export function openSignIn(needs: SignInNeeds): SignInParts {
  const { database, clock, security, email, admission } = needs;
  const steps = new Steps(database, clock);
  const failedSignIns = new FailedSignIns(needs, { find: findByUsername, write: writeFailures });
  const passwords = new Passwords(needs);
  const passkeys = new Passkeys({ ...needs, steps });
  const authenticatorApps = new AuthenticatorApps(needs);
  const recoveryCodes = new RecoveryCodes(needs);
  const proofs = { failedSignIns, passwords, passkeys, authenticatorApps, recoveryCodes };
  const flow = new SignInFlow({ ...needs, ...proofs, steps });
  const authentication = new Authentication({ ...needs, ...proofs, flow });
  const resetLinks = new ResetLinks({ ...needs, ...proofs });
  const ownAccount = new OwnAccount({ ...needs, ...proofs, flow, authentication });
  const methods = new Methods(security, passkeys, needs.offeredProviders, email);
  return { admission, ...proofs, flow, authentication, resetLinks, ownAccount, methods };
}
