/** Jump Client installers: what an endpoint needs to enrol, for a while and for so many machines. */
import type { Static } from "@sinclair/typebox";
import type {
  ChangeInstaller,
  CreateInstaller,
  Installer,
  InstallerChoices,
} from "../../protocol/api/administration.ts";
import { AppError, type ErrorCode } from "../../protocol/errors.ts";
import type { InstallerFile } from "../../protocol/hello.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Audit } from "../audit/audit.ts";
import { changedFields } from "../changed-fields.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { jumpGroupsNamed } from "../jump-groups/jump-group-choices.ts";
import { newId } from "../new-id.ts";
import { checkPolicies, type InstallerPolicies, namesOf, policiesOf, policiesShown } from "./installer-policies.ts";
import { hashOfToken, installerToken } from "./installer-token.ts";
import {
  countUse,
  deleteInstaller,
  findByTokenHash,
  findInstaller,
  findJumpGroup,
  insertInstaller,
  type InstallerWithNames,
  listInstallers,
  readPolicyChoices,
  updateInstaller,
} from "./store.ts";

export interface UsableInstaller {
  readonly isUsable: true;
  readonly id: string;
  readonly name: string;
  readonly jumpGroup: string;
  readonly tag: string;
  readonly comments: string;
  readonly jumpPolicy: string | null;
  readonly presentPolicy: string | null;
  readonly absentPolicy: string | null;
}
/** `id` null: there is no installer with that token. */
export interface InstallerRefusal {
  readonly isUsable: false;
  readonly id: string | null;
  readonly name: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What an installer says of the site; it changes with the settings, so it is asked anew each time. */
export type SiteFacts = Omit<InstallerFile, "token">;

/** Who does it: the id its maker is kept by, and the actor of the audit log. */
export interface InstallerMaker {
  readonly id: string;
  readonly actor: AuditActor;
}

type NewInstaller = Static<typeof CreateInstaller>;

export class Installers {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly tokenSecret: Uint8Array,
    private readonly siteFacts: () => Promise<SiteFacts>,
  ) {}

  async list(): Promise<Installer[]> {
    return (await listInstallers(this.database.queries)).map((row) => this.#shown(row));
  }

  /** What a new one may name. @param search words of the names of Jump Groups; "": the first by name */
  async choices(search: string): Promise<Static<typeof InstallerChoices>> {
    const { queries } = this.database;
    return { ...(await jumpGroupsNamed(queries, search)), ...(await readPolicyChoices(queries)) };
  }

  /** @throws {AppError} not_found for a Jump Group that is not there, request.conflict for policies it may not name */
  async create(asked: NewInstaller, maker: InstallerMaker): Promise<Installer> {
    return await this.database.transaction(async (tx) => {
      await checkPolicies(tx, asked);
      if (!(await findJumpGroup(tx, asked.jumpGroup)))
        throw new AppError("not_found", "That Jump Group is gone. Choose another one.");
      return await this.#insert(tx, asked, maker);
    });
  }

  /**
   * Moves the end, so that an expired installer works again; names other policies for Jump Clients to come.
   * @throws {AppError} not_found, request.conflict for policies it may not name
   */
  async change(id: string, asked: Static<typeof ChangeInstaller>, actor: AuditActor): Promise<Installer> {
    return await this.database.transaction(async (tx) => {
      const row = await this.#find(tx, id);
      const { validForMinutes, ...policies } = asked;
      const { changes, detail } = changedFields<InstallerPolicies>(policiesOf(row), policies);
      await checkPolicies(tx, changes);
      const expiresAt = validForMinutes === undefined ? row.expires_at : this.#expiry(validForMinutes);
      await updateInstaller(tx, row.id, { expiresAt, ...policiesOf(row), ...changes });
      const end = validForMinutes === undefined ? {} : { expiresAt };
      await this.#record(tx, "installer.changed", row, actor, { ...end, ...detail });
      return this.#shown(await this.#find(tx, id));
    });
  }

  /** Its token stops working at once; Jump Clients it made stay. @throws {AppError} not_found */
  async delete(id: string, actor: AuditActor): Promise<void> {
    await this.database.transaction(async (tx) => {
      const row = await this.#find(tx, id);
      await deleteInstaller(tx, row.id);
      await this.#record(tx, "installer.deleted", row, actor, { uses: row.uses });
    });
  }

  /**
   * The file that goes to the endpoint, for a download that is written down.
   * @throws {AppError} not_found, installer.expired
   */
  async fileForDownload(
    id: string,
    platform: string,
    actor: AuditActor,
  ): Promise<{ readonly name: string; readonly file: InstallerFile }> {
    const facts = await this.siteFacts();
    return await this.database.transaction(async (tx) => {
      const row = await this.#find(tx, id);
      if (this.#isExpired(row))
        throw new AppError("installer.expired", "This installer has expired. Extend it, then download it again.");
      await this.#record(tx, "installer.downloaded", row, actor, { platform });
      return { name: row.name, file: { ...facts, token: installerToken(this.tokenSecret, row.id) } };
    });
  }

  /** An installer for one hour: for the machine the server itself runs on, or for so many that a script sets up. */
  async createLocal(machines = 1, jumpGroup: string | null = null): Promise<InstallerFile> {
    const facts = await this.siteFacts();
    return await this.database.transaction(async (tx) => {
      const group = await findJumpGroup(tx, jumpGroup);
      if (!group) throw new AppError("not_found", "There is no Jump Group yet. Finish the set-up first.");
      const asked = { name: "", jumpGroup: group.id, tag: "", comments: "", validForMinutes: 60, maxUses: machines };
      const installer = await this.#insert(tx, asked, { id: "", actor: { kind: "system" } });
      return { ...facts, token: installerToken(this.tokenSecret, installer.id) };
    });
  }

  /** Whether a token may enrol one more machine now. Counted by countUse() in the same transaction. */
  async lookUp(tx: Tx, token: string): Promise<UsableInstaller | InstallerRefusal> {
    const row = await findByTokenHash(tx, hashOfToken(token));
    if (row === undefined)
      return refusal(
        null,
        "",
        "installer.invalid",
        "This installer is not known here, or it was deleted. Get a new one.",
      );
    if (this.#isExpired(row))
      return refusal(row.id, row.name, "installer.expired", "This installer has expired. Ask for it to be extended.");
    if (row.max_uses !== null && row.uses >= row.max_uses)
      return refusal(
        row.id,
        row.name,
        "installer.used_up",
        "This installer was used on as many machines as it allows.",
      );
    return {
      isUsable: true,
      id: row.id,
      name: row.name,
      jumpGroup: row.jump_group,
      tag: row.tag,
      comments: row.comments,
      ...policiesOf(row),
    };
  }

  /** One more machine came by it. */
  async countUse(tx: Tx, id: string): Promise<void> {
    await countUse(tx, id);
  }

  async #insert(tx: Tx, asked: NewInstaller, maker: InstallerMaker): Promise<Installer> {
    const id = newId<string>();
    await insertInstaller(tx, {
      id,
      name: asked.name,
      jump_group: asked.jumpGroup,
      tag: asked.tag,
      comments: asked.comments,
      token_hash: hashOfToken(installerToken(this.tokenSecret, id)),
      created_by: maker.id,
      created_at: this.clock.now().toISOString(),
      expires_at: this.#expiry(asked.validForMinutes),
      max_uses: asked.maxUses,
      uses: 0,
      jump_policy: asked.jumpPolicy ?? null,
      present_policy: asked.presentPolicy ?? null,
      absent_policy: asked.absentPolicy ?? null,
    });
    const row = await this.#find(tx, id);
    await this.#record(tx, "installer.created", row, maker.actor, {
      expiresAt: row.expires_at,
      maxUses: row.max_uses,
      jumpGroup: row.jump_group_name,
      ...namesOf(row),
    });
    return this.#shown(row);
  }

  async #find(tx: Tx, id: string): Promise<InstallerWithNames> {
    const row = await findInstaller(tx, id);
    if (row === undefined) throw new AppError("not_found", "This installer was deleted.");
    return row;
  }

  async #record(
    tx: Tx,
    action: "installer.created" | "installer.changed" | "installer.deleted" | "installer.downloaded",
    row: InstallerWithNames,
    actor: AuditActor,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const object = { kind: "installer", id: row.id, name: row.name || row.jump_group_name };
    await this.audit.record(tx, { action, outcome: "succeeded", actor, object, detail });
  }

  #expiry(validForMinutes: number): string {
    return new Date(this.clock.now().getTime() + validForMinutes * 60_000).toISOString();
  }

  #isExpired(row: { readonly expires_at: string }): boolean {
    return row.expires_at <= this.clock.now().toISOString();
  }

  #shown(row: InstallerWithNames): Installer {
    return {
      id: row.id,
      name: row.name,
      jumpGroup: row.jump_group,
      jumpGroupName: row.jump_group_name,
      tag: row.tag,
      comments: row.comments,
      createdAt: row.created_at,
      createdBy: row.creator ?? "",
      expiresAt: row.expires_at,
      isExpired: this.#isExpired(row),
      maxUses: row.max_uses,
      uses: row.uses,
      ...policiesShown(row),
    };
  }
}

function refusal(id: string | null, name: string, code: ErrorCode, message: string): InstallerRefusal {
  return { isUsable: false, id, name, code, message };
}
