/** Installers as representatives make them: for Jump Groups where their role lets them create and deploy (ROLE-04). */
import type { Static } from "@sinclair/typebox";
import type { CreateInstaller, Installer } from "../../protocol/api/administration.ts";
import { AppError } from "../../protocol/errors.ts";
import type { JumpItemPermission } from "../../protocol/permissions.ts";
import { type Actor, deciding } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Clock } from "../clock.ts";
import type { InstallerFile } from "../../protocol/hello.ts";
import type { Installers } from "../installers/installers.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { jumpGroupsWhere } from "../policy/decide.ts";

export interface ConsoleInstallersNeeds {
  readonly installers: Installers;
  readonly policyBook: PolicyBook;
  readonly clock: Clock;
  /** Writes down that somebody was refused. */
  recordDenial(actor: Actor, permission: JumpItemPermission): Promise<void>;
}

export class ConsoleInstallers {
  constructor(private readonly needs: ConsoleInstallersNeeds) {}

  /** Those of Jump Groups where this person may create. */
  async list(actor: Actor): Promise<Installer[]> {
    const allowed = this.#where(actor, "jump-items.create");
    return (await this.needs.installers.list()).filter(({ jumpGroup }) => allowed.has(jumpGroup));
  }

  /** What it gives its Jump Clients needs the role's permission for that, too. @throws {AppError} permission.denied, not_found */
  async create(asked: Static<typeof CreateInstaller>, actor: Actor): Promise<Installer> {
    const needed: JumpItemPermission[] = ["jump-items.create"];
    if (asked.jumpPolicy != null) needed.push("jump-items.edit-jump-policy");
    if (asked.presentPolicy != null || asked.absentPolicy != null) needed.push("jump-items.edit-session-policy");
    for (const permission of needed) await this.#require(actor, permission, asked.jumpGroup);
    return await this.needs.installers.create(asked, { id: actor.id, actor: auditActor(actor) });
  }

  /** @throws {AppError} not_found, also for one of a Jump Group where this person may not create */
  async delete(id: string, actor: Actor): Promise<void> {
    await this.#find(id, actor);
    await this.needs.installers.delete(id, auditActor(actor));
  }

  /** @throws {AppError} not_found, installer.expired */
  async fileForDownload(
    id: string,
    platform: string,
    actor: Actor,
  ): Promise<{ readonly name: string; readonly file: InstallerFile }> {
    await this.#find(id, actor);
    return await this.needs.installers.fileForDownload(id, platform, auditActor(actor));
  }

  async #find(id: string, actor: Actor): Promise<void> {
    const isThere = (await this.list(actor)).some((installer) => installer.id === id);
    if (!isThere) throw new AppError("not_found", "This installer was deleted.");
  }

  async #require(actor: Actor, permission: JumpItemPermission, jumpGroup: string): Promise<void> {
    if (this.#where(actor, permission).has(jumpGroup)) return;
    await this.needs.recordDenial(actor, permission);
    throw new AppError("permission.denied", "Your Jump Item Role does not let you do that in this Jump Group.");
  }

  #where(actor: Actor, permission: JumpItemPermission): ReadonlySet<string> {
    const { policyBook, clock } = this.needs;
    return jumpGroupsWhere(deciding(actor), permission, policyBook.current(), clock.now());
  }
}
