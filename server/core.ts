/** What every noun is built from: the state of one data directory, opened. Commands use it without a listener. */
import { existsSync } from "node:fs";
import { hostname as machineName } from "node:os";
import { join } from "node:path";
import { Audit } from "./audit/audit.ts";
import { Certificates } from "./certificates/certificates.ts";
import type { Clock } from "./clock.ts";
import { prepareDataDirectory } from "./database/data-directory.ts";
import { type Database, DATABASE_FILE, openDatabase } from "./database/database.ts";
import type { Log } from "./log.ts";
import { openPolicyBook, type PolicyBook } from "./policy-book/policy-book.ts";
import { openProviders, type ProviderParts } from "./providers/open-providers.ts";
import { Representatives } from "./representatives/representatives.ts";
import { openSecrets, type Secrets } from "./secrets/secrets.ts";
import { defaultSettings, SiteSettings } from "./settings/settings.ts";
import { Authentication } from "./sign-in/authentication.ts";
import { PasswordHasher } from "./sign-in/password-hasher.ts";
import { SignIns } from "./sign-in/sign-ins.ts";
import { SocketTickets } from "./sign-in/socket-tickets.ts";
import { PublicAddress } from "./site/public-address.ts";
import { openSite, type Site } from "./site/site.ts";

export interface CoreOptions {
  /** The data directory; made if it is not there. */
  readonly directory: string;
  /** Where systemd put credentials, or `null`. */
  readonly credentialsDirectory: string | null;
  readonly clock: Clock;
  readonly log: Log;
  /** This program's release. */
  readonly version: string;
}

/** Open until disposed. */
export interface Core extends AsyncDisposable {
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
  readonly authentication: Authentication;
  readonly representatives: Representatives;
}

/** Opens a data directory, makes what the first start needs, and wires the nouns everybody shares. */
export async function openCore(options: CoreOptions): Promise<Core> {
  const { directory, clock } = options;
  prepareDataDirectory(directory);
  const isNew = !existsSync(join(directory, DATABASE_FILE));
  const secrets = openSecrets(directory, options.credentialsDirectory, isNew);
  const database = await openDatabase(directory);
  try {
    const site = await openSite(database, secrets, clock);
    const audit = new Audit(clock, secrets);
    const settings = new SiteSettings(database.queries, defaultSettings(defaultHostname()));
    const publicAddress = new PublicAddress(settings);
    const certificates = new Certificates({ database, audit, clock, secrets, settings, site });
    await certificates.prepare();
    const hasher = new PasswordHasher();
    const policyBook = await openPolicyBook(database, settings);
    const signIns = new SignIns(database, settings, policyBook, clock);
    const socketTickets = new SocketTickets(signIns, clock);
    const authentication = new Authentication({ database, audit, clock, settings, signIns, hasher });
    const representatives = new Representatives({ database, audit, clock, hasher, policyBook, signIns });
    const { log, version } = options;
    const shared = { database, audit, clock, secrets, signIns, policyBook };
    const providers = openProviders({ ...shared, log, publicAddress });
    const nouns = {
      database,
      secrets,
      audit,
      site,
      settings,
      policyBook,
      publicAddress,
      certificates,
      hasher,
      signIns,
      socketTickets,
      providers,
    };
    const close = () => database[Symbol.asyncDispose]();
    return { directory, version, clock, log, ...nouns, authentication, representatives, [Symbol.asyncDispose]: close };
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/** The machine's own name, if a certificate can carry it. */
const defaultHostname = (): string => (/^[A-Za-z0-9.-]{1,253}$/u.test(machineName()) ? machineName() : "localhost");
