/**
 * The one-way first step: a site gets its name, its hostname, its first administrator and its first Jump Group.
 * INVARIANT: it happens once; whether it has is a column of the site's row, changed in the same transaction (NA7).
 */
import type { SetUp } from "../../protocol/api/sign-in.ts";
import { AppError } from "../../protocol/errors.ts";
import type { JumpGroupId, RepresentativeId } from "../../protocol/ids.ts";
import type { Audit } from "../audit/audit.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import { checkCertificate } from "../certificates/certificate-check.ts";
import type { Certificates } from "../certificates/certificates.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { administratorSettings } from "../policy/preset-settings.ts";
import type { Representatives } from "../representatives/representatives.ts";
import type { SiteSettings } from "../settings/settings.ts";
import type { PasswordHasher } from "../sign-in/password-hasher.ts";
import { checkNewPassword } from "../sign-in/password-rules.ts";
import type { Site } from "../site/site.ts";
import { insertFirstJumpGroup } from "./store.ts";

export const FIRST_JUMP_GROUP = "General";

export interface SetUpNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly site: Site;
  readonly settings: SiteSettings;
  readonly policyBook: PolicyBook;
  readonly certificates: Certificates;
  readonly representatives: Representatives;
  readonly hasher: PasswordHasher;
}

/** What else is done in the transaction, or refuses it. */
type Beside = (tx: Tx) => Promise<void>;
const nothing: Beside = async () => undefined;

/**
 * Sets the site up and returns the first administrator's id.
 * @throws {AppError} set_up.done, password.too_weak, certificate.invalid
 */
export async function setUpSite(
  needs: SetUpNeeds,
  actor: AuditActor,
  wish: SetUp,
  beside = nothing,
): Promise<RepresentativeId> {
  if (await needs.site.isSetUp()) throw done();
  checkNewPassword(wish.password, wish.username);
  if (wish.certificate !== null)
    checkCertificate(wish.certificate.chainPem, wish.certificate.keyPem, needs.clock.now());
  const passwordHash = await needs.hasher.hash(wish.password);
  const administrator = await needs.database.transaction(async (tx) => {
    await beside(tx);
    return await write(needs, tx, actor, wish, passwordHash);
  });
  await needs.policyBook.changed();
  await chooseCertificate(needs, actor, wish.certificate);
  return administrator;
}

async function write(needs: SetUpNeeds, tx: Tx, actor: AuditActor, wish: SetUp, passwordHash: string) {
  if (!(await needs.site.markSetUp(tx))) throw done();
  const { siteName, hostname, isConsoleEnabled, username, displayName, language = "en" } = wish;
  await needs.settings.change(tx, { siteName, hostname, isConsoleEnabled, language });
  await insertFirstJumpGroup(tx, newId<JumpGroupId>(), FIRST_JUMP_GROUP, needs.clock.now().toISOString());
  const object = { kind: "site", id: needs.site.siteId, name: siteName };
  const detail = { hostname, isConsoleEnabled };
  await needs.audit.record(tx, { action: "site.set-up", outcome: "succeeded", actor, object, detail });
  const account = { username, displayName, settings: administratorSettings };
  return (await needs.representatives.insert(tx, actor, account, passwordHash)).id;
}

/** The uploaded one; else the one there is, if it names the host; else a new self-signed one that does. */
async function chooseCertificate(
  { certificates }: SetUpNeeds,
  actor: AuditActor,
  uploaded: SetUp["certificate"],
): Promise<void> {
  if (uploaded !== null) await certificates.replace(actor, uploaded.chainPem, uploaded.keyPem);
  else if (!(await certificates.describe()).coversHostname) await certificates.replaceWithSelfSigned(actor);
}

const done = (): AppError => new AppError("set_up.done", "This site is already set up.");
