/** What every noun is built from: the state of one data directory, opened. Commands use it without a listener. */
import { existsSync } from "node:fs";
import { hostname as machineName } from "node:os";
import { join } from "node:path";
import { HELPER_SOCKET } from "../protocol/appliance/system-actions.ts";
import { Announcements } from "./announcements/announcements.ts";
import { ApiAccounts } from "./api-accounts/api-accounts.ts";
import { ApiTokens } from "./api-accounts/api-tokens.ts";
import { type ApplianceAccess, openApplianceAccess } from "./appliance-administrators/open-appliance-access.ts";
import type { ApplianceSignIns } from "./appliance-administrators/sign-ins.ts";
import { ApplianceEvents } from "./appliance-status/events.ts";
import { RequestCount } from "./appliance-status/request-count.ts";
import { Audit } from "./audit/audit.ts";
import { Certificates } from "./certificates/certificates.ts";
import { type BackupParts, openBackups } from "./backups/open-backups.ts";
import type { Clock } from "./clock.ts";
import { prepareDataDirectory } from "./database/data-directory.ts";
import { type Database, DATABASE_FILE, openDatabase } from "./database/database.ts";
import { noteProgramVersion } from "./database/program-version.ts";
import { Email } from "./email/email.ts";
import type { Log } from "./log.ts";
import { openPolicyBook, type PolicyBook } from "./policy-book/policy-book.ts";
import { openProviders, type ProviderParts } from "./providers/open-providers.ts";
import { RestartWish } from "./restart-wish.ts";
import { Representatives } from "./representatives/representatives.ts";
import { openSecrets, type Secrets } from "./secrets/secrets.ts";
import { SecurityChanges } from "./security/security-changes.ts";
import { openSiteSecurity, type SiteSecurity } from "./security/site-security.ts";
import { defaultSettings, SiteSettings } from "./settings/settings.ts";
import { Admission } from "./sign-in/admission.ts";
import { openSignIn, type SignInParts } from "./sign-in/open-sign-in.ts";
import { PasswordHasher } from "./sign-in/password-hasher.ts";
import { SignIns } from "./sign-in/sign-ins.ts";
import { SocketTickets } from "./sign-in/socket-tickets.ts";
import { PublicAddress } from "./site/public-address.ts";
import { openSite, type Site } from "./site/site.ts";
import { SystemHelper } from "./system/system-helper.ts";

export interface CoreOptions {
  /** The data directory; made if it is not there. */
  readonly directory: string;
  /** Where systemd put credentials, or `null`. */
  readonly credentialsDirectory: string | null;
  readonly clock: Clock;
  readonly log: Log;
  /** This program's release. */
  readonly version: string;
  /** The socket of an appliance's own helper; default where an image has it. */
  readonly helperSocket?: string;
}

/** Open until disposed. */
export interface Core extends AsyncDisposable, SignInParts, BackupParts {
  readonly directory: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly database: Database;
  readonly secrets: Secrets;
  readonly audit: Audit;
  readonly site: Site;
  readonly settings: SiteSettings;
  readonly policyBook: PolicyBook;
  readonly publicAddress: PublicAddress;
  readonly certificates: Certificates;
  readonly hasher: PasswordHasher;
  readonly signIns: SignIns;
  readonly socketTickets: SocketTickets;
  readonly providers: ProviderParts;
  readonly security: SiteSecurity;
  readonly securityChanges: SecurityChanges;
  readonly email: Email;
  readonly announcements: Announcements;
  readonly apiAccounts: ApiAccounts;
  readonly apiTokens: ApiTokens;
  readonly applianceSignIns: ApplianceSignIns;
  readonly applianceAccess: ApplianceAccess;
  readonly representatives: Representatives;
  readonly systemHelper: SystemHelper;
  readonly applianceEvents: ApplianceEvents;
  readonly requests: RequestCount;
  /** Heard by whoever serves. */
  readonly restartWish: RestartWish;
}

/** Opens a data directory, makes what the first start needs, and wires the nouns everybody shares. */
export async function openCore(options: CoreOptions): Promise<Core> {
  const { directory, clock } = options;
  prepareDataDirectory(directory);
  const isNew = !existsSync(join(directory, DATABASE_FILE));
  const secrets = openSecrets(directory, options.credentialsDirectory, isNew);
  const database = await openDatabase(directory);
  try {
    await noteProgramVersion(database.queries, options.version).catch((error: unknown) =>
      options.log.error("which release runs here is not written down", error),
    );
    const site = await openSite(database, secrets, clock);
    const audit = new Audit(clock, secrets);
    const settings = new SiteSettings(database.queries, defaultSettings(defaultHostname()));
    const publicAddress = new PublicAddress(settings);
    const certificates = new Certificates({ database, audit, clock, secrets, settings, site });
    await certificates.prepare();
    const hasher = new PasswordHasher();
    const policyBook = await openPolicyBook(database, settings);
    const security = await openSiteSecurity(database);
    const { log, version } = options;
    const signIns = new SignIns(database, security, policyBook, clock, log);
    const socketTickets = new SocketTickets(signIns, clock);
    const shared = { database, audit, clock, log, secrets, settings, security, publicAddress, policyBook, signIns };
    const admission = new Admission(shared);
    const providers = openProviders({ ...shared, admission });
    const email = new Email(shared);
    const { directories, providers: offeredProviders } = providers;
    const signIn = openSignIn({ ...shared, hasher, admission, email, directories, offeredProviders });
    const representatives = new Representatives({ ...shared, hasher, passwords: signIn.passwords });
    const securityChanges = new SecurityChanges({ ...shared, knownProviders: offeredProviders });
    const announcements = new Announcements(shared);
    const [apiAccounts, apiTokens] = [new ApiAccounts(shared), new ApiTokens(shared)];
    const nouns = { ...shared, ...signIn, site, certificates, hasher, socketTickets, providers, email };
    const { applianceSignIns, ...applianceAccess } = openApplianceAccess({ ...shared, ...signIn, hasher });
    const systemHelper = new SystemHelper(options.helperSocket ?? HELPER_SOCKET);
    const applianceEvents = new ApplianceEvents(database, clock);
    const requests = new RequestCount();
    const backups = openBackups({ ...shared, directory, version, applianceSignIns, systemHelper });
    const appliance = { ...backups, applianceSignIns, applianceAccess, systemHelper, applianceEvents, requests };
    const restartWish = new RestartWish();
    const more = { securityChanges, announcements, apiAccounts, apiTokens, representatives, restartWish, ...appliance };
    const close = async (): Promise<void> => {
      const unwritten = (error: unknown): void =>
        log.error("what was counted of refused sign-ins is not written", error);
      await providers.refusals.writeRest().catch(unwritten);
      await database[Symbol.asyncDispose]();
    };
    return { directory, version, ...nouns, ...more, [Symbol.asyncDispose]: close };
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/** The machine's own name, if a certificate can carry it. */
const defaultHostname = (): string => (/^[A-Za-z0-9.-]{1,253}$/u.test(machineName()) ? machineName() : "localhost");
