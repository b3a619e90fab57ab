/** Security providers, wired. */
import type { Refusal } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Log } from "../log.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Admission } from "../sign-in/admission.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import type { PublicAddress } from "../site/public-address.ts";
import { ProviderAccounts } from "./accounts.ts";
import { Arrivals } from "./arrivals.ts";
import { Directories } from "./ldap/directories.ts";
import { Notices } from "./notices.ts";
import { OidcWay } from "./oidc/oidc-way.ts";
import { ProviderSignIns } from "./provider-sign-ins.ts";
import { isSaml } from "./provider.ts";
import { Providers } from "./providers.ts";
import { RefusalNotes } from "./refusal-notes.ts";
import { postingPath } from "./provider-addresses.ts";
import { SamlWay } from "./saml/saml-way.ts";
import { Scim } from "./scim/scim.ts";
import { SignInSteps } from "./sign-in-steps.ts";

export interface ProviderNeeds {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  readonly policyBook: PolicyBook;
  readonly publicAddress: PublicAddress;
  readonly signIns: SignIns;
  readonly admission: Admission;
}

export interface ProviderParts {
  readonly providers: Providers;
  readonly arrivals: Arrivals;
  readonly saml: SamlWay;
  readonly directories: Directories;
  readonly scim: Scim;
  readonly notices: Notices;
  readonly refusals: RefusalNotes;
  /** Ends a sign-in; where the browser goes to sign out at its provider, too. */
  readonly signOut: (actor: Actor) => Promise<string | null>;
}

/** Nothing of SAML, OIDC, LDAP or SCIM is loaded before a provider of the kind is used. */
export function openProviders(core: ProviderNeeds): ProviderParts {
  const { database, clock, policyBook, admission } = core;
  const providers = new Providers(core);
  const accounts = new ProviderAccounts(core);
  const providerSignIns = new ProviderSignIns({
    ...core,
    accounts,
    admit: (proved, inside) => admission.admit(proved, inside),
    isAdministrator: async (representative) => (await policyBook.rightsOf(representative)).isAdministrator,
    policiesChanged: () => policyBook.accountsChanged(),
  });
  const refusals = new RefusalNotes(core);
  const notices = new Notices(database, clock);
  const steps = new SignInSteps(database, clock);
  const saml = new SamlWay({ ...core, steps, providerSignIns });
  const oidc = new OidcWay({ ...core, steps });
  const arrivals = new Arrivals({ ...core, providers, providerSignIns, refusals, notices, saml, oidc });
  const directories = new Directories({ providers, providerSignIns, refusals });
  const scim = new Scim({ ...core, providers, accounts, policiesChanged: () => policyBook.accountsChanged() });
  const signOut = (actor: Actor) => endSignIn(core, { providers, saml, notices }, actor);
  return { providers, arrivals, saml, directories, scim, notices, refusals, signOut };
}

async function endSignIn(
  { database, audit, signIns }: ProviderNeeds,
  { providers, saml, notices }: Pick<ProviderParts, "providers" | "saml" | "notices">,
  actor: Actor,
): Promise<string | null> {
  const all = (await providers.all()).filter(isSaml);
  let url: string | null = null;
  for (const provider of all) {
    const out = await saml.signOutThere(provider, actor);
    if (out !== null) url ??= "url" in out ? out.url : postingPath(provider.id, await notices.keepForm(out.form));
  }
  const ended = await database.transaction(async (tx) => {
    const object = { kind: "area", id: actor.area, name: actor.area };
    await audit.record(tx, { action: "sign-out", outcome: "succeeded", actor: auditActor(actor), object });
    return await signIns.endIn(tx, { signIn: actor.signIn });
  });
  signIns.announce(ended, signedOut);
  return url;
}

const signedOut: Refusal = { code: "sign_in.required", message: "You have signed out." };
