/** Jump Groups: where Jump Items stand. */
import type { JumpGroup } from "../../protocol/api/administration.ts";
import { AppError } from "../../protocol/errors.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import {
  countInstallers,
  countJumpClients,
  deleteJumpGroup,
  findByName,
  findJumpGroup,
  insertJumpGroup,
  type JumpGroupRow,
  listJumpGroups,
  updateJumpGroup,
} from "./store.ts";

export class JumpGroups {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly clock: Clock,
    /** Called after a change that consoles show. */
    private readonly changed: () => void,
  ) {}

  async list(): Promise<JumpGroup[]> {
    return (await listJumpGroups(this.database.queries)).map((row) => shown(row, row.jump_clients));
  }

  /** @throws {AppError} request.conflict for a name that is taken. */
  async create(asked: { readonly name: string; readonly comments: string }, actor: AuditActor): Promise<JumpGroup> {
    const row = { id: newId<string>(), ...asked, created_at: this.clock.now().toISOString() };
    await this.database.transaction(async (tx) => {
      await this.#refuseTakenName(tx, row.id, row.name);
      await insertJumpGroup(tx, row);
      await this.#record(tx, "jump-group.created", row, actor, {});
    });
    this.changed();
    return shown(row, 0);
  }

  /** @throws {AppError} not_found, request.conflict */
  async change(
    id: string,
    change: { readonly name?: string; readonly comments?: string },
    actor: AuditActor,
  ): Promise<JumpGroup> {
    const after = await this.database.transaction(async (tx) => {
      const row = await this.#find(tx, id);
      if (change.name !== undefined) await this.#refuseTakenName(tx, id, change.name);
      if (Object.keys(change).length > 0) await updateJumpGroup(tx, id, change);
      await this.#record(tx, "jump-group.changed", row, actor, { ...change });
      return shown({ ...row, ...change }, await countJumpClients(tx, id));
    });
    this.changed();
    return after;
  }

  /** Only an empty one can go. @throws {AppError} not_found, request.conflict */
  async delete(id: string, actor: AuditActor): Promise<void> {
    await this.database.transaction(async (tx) => {
      const row = await this.#find(tx, id);
      const jumpClients = await countJumpClients(tx, id);
      const installers = await countInstallers(tx, id);
      if (jumpClients + installers > 0)
        throw new AppError(
          "request.conflict",
          `${row.name} still holds ${jumpClients} Jump Clients and ${installers} installers. Move or delete them first.`,
        );
      await deleteJumpGroup(tx, id);
      await this.#record(tx, "jump-group.deleted", row, actor, {});
    });
    this.changed();
  }

  async #find(tx: Tx, id: string): Promise<JumpGroupRow> {
    const row = await findJumpGroup(tx, id);
    if (row === undefined) throw new AppError("not_found", "This Jump Group is not there any more.");
    return row;
  }

  async #refuseTakenName(tx: Tx, id: string, name: string): Promise<void> {
    const taken = await findByName(tx, name);
    if (taken !== undefined && taken.id !== id)
      throw new AppError(
        "request.conflict",
        `There is already a Jump Group called ${taken.name}. Choose another name.`,
      );
  }

  async #record(
    tx: Tx,
    action: AuditAction,
    row: JumpGroupRow,
    actor: AuditActor,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const object = { kind: "jump-group", id: row.id, name: row.name };
    await this.audit.record(tx, { action, outcome: "succeeded", actor, object, detail });
  }
}

function shown(row: JumpGroupRow, jumpClients: number): JumpGroup {
  return { id: row.id, name: row.name, comments: row.comments, jumpClients, createdAt: row.created_at };
}
