/** What administrators say to everybody who is signed in: made, listed while it runs, taken back. */
import { type Announcement, MAX_ANNOUNCEMENTS, type NewAnnouncement } from "../../protocol/api/announcements.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import type { Audit } from "../audit/audit.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import {
  announcementsAt,
  deleteAnnouncement,
  deleteOver,
  insertAnnouncement,
  type StoredAnnouncement,
} from "./store.ts";

/** So much of its text names an announcement in the audit log's list; the whole stands in the facts. */
const NAME_CHARACTERS = 60;

export interface AnnouncementsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly signIns: Pick<SignIns, "requireIn">;
}

export class Announcements {
  readonly #needs: AnnouncementsNeeds;
  readonly #listeners = new Set<() => void>();

  constructor(needs: AnnouncementsNeeds) {
    this.#needs = needs;
  }

  /** Called after one was made or taken back; not when one runs out, which everybody sees by its end. */
  onChanged(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  /** Those that run, newest first. */
  async running(): Promise<Announcement[]> {
    const { database, clock } = this.#needs;
    return (await announcementsAt(database.queries, clock.now().toISOString())).map(shown);
  }

  /**
   * Says something. INVARIANT: the table never has more than MAX_ANNOUNCEMENTS rows, since what ran out goes first.
   * @throws {AppError} request.conflict when as many run already, sign_in.required
   */
  async make(actor: Actor, { text, minutes }: NewAnnouncement): Promise<Announcement> {
    const { database, clock, signIns } = this.#needs;
    const made = await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      const now = clock.now();
      await deleteOver(tx, now.toISOString());
      if ((await announcementsAt(tx, now.toISOString())).length >= MAX_ANNOUNCEMENTS) throw tooMany();
      const row: StoredAnnouncement = {
        ...{ id: newId<string>(), text: text.trim().toWellFormed(), made_by: actor.displayName },
        ...{ created_at: now.toISOString(), ends_at: new Date(now.getTime() + minutes * 60_000).toISOString() },
      };
      await insertAnnouncement(tx, row);
      await this.#record(tx, "announcement.made", row, actor);
      return row;
    });
    this.#tell();
    return shown(made);
  }

  /** Takes one back: it ends now. @throws {AppError} not_found, sign_in.required */
  async end(actor: Actor, id: string): Promise<void> {
    const { database, clock, signIns } = this.#needs;
    await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      const row = (await announcementsAt(tx, clock.now().toISOString())).find((running) => running.id === id);
      if (row === undefined) throw new AppError("not_found", "This announcement has ended already.");
      await deleteAnnouncement(tx, id);
      await this.#record(tx, "announcement.ended", row, actor);
    });
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  async #record(tx: Tx, action: AuditAction, row: StoredAnnouncement, actor: Actor): Promise<void> {
    const { id, text, ends_at: expiresAt } = row;
    await this.#needs.audit.record(tx, {
      ...{ action, outcome: "succeeded", actor: auditActor(actor) },
      object: { kind: "announcement", id, name: nameOf(text) },
      detail: { text, expiresAt },
    });
  }
}

/** Its beginning, in one line. */
function nameOf(text: string): string {
  const line = text.replaceAll("\n", " ");
  return line.length <= NAME_CHARACTERS ? line : `${line.slice(0, NAME_CHARACTERS - 1).toWellFormed()}…`;
}

const tooMany = (): AppError =>
  new AppError(
    "request.conflict",
    `${MAX_ANNOUNCEMENTS} announcements run already, and more would not be read. Take one back first.`,
  );

const shown = ({
  id,
  text,
  made_by: by,
  created_at: createdAt,
  ends_at: endsAt,
}: StoredAnnouncement): Announcement => ({
  ...{ id, text, by, createdAt, endsAt },
});
