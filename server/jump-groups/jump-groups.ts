/** Jump Groups: where Jump Items stand. */
import type { Static } from "@sinclair/typebox";
import type {
  ChangeJumpGroup,
  CreateJumpGroup,
  JumpGroup,
  JumpGroups as JumpGroupPage,
  JumpGroupsQuery,
} from "../../protocol/api/administration.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import { type Actor, deciding } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { requireVersion } from "../audit/object-history.ts";
import { changedFields } from "../changed-fields.ts";
import { chooseCodeName } from "../code-name.ts";
import type { Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { decide } from "../policy/decide.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import {
  countHolders,
  countInstallers,
  countJumpClients,
  deleteJumpGroup,
  findByCodeName,
  findByName,
  findJumpGroup,
  insertJumpGroup,
  type JumpGroupRow,
  type JumpGroupWords,
  listJumpGroups,
  updateJumpGroup,
} from "./store.ts";

const versionActions: readonly AuditAction[] = ["jump-group.created", "jump-group.changed"];

export class JumpGroups {
  constructor(private readonly needs: RightsChangeNeeds) {}

  /** A page of them by name. */
  async list(query: JumpGroupsQuery): Promise<JumpGroupPage> {
    return await listJumpGroups(this.needs.database.queries, query);
  }

  /** @throws {AppError} not_found */
  async get(id: string): Promise<JumpGroup> {
    const { queries } = this.needs.database;
    const row = found(await findJumpGroup(queries, id));
    return { ...row, jumpClients: await countJumpClients(queries, id) };
  }

  /** @throws {AppError} request.conflict for a name that is taken, permission.denied (endpoint tools) */
  async create(wish: Static<typeof CreateJumpGroup>, actor: Actor): Promise<JumpGroup> {
    const { database, clock, policyBook } = this.needs;
    const { codeName, ...words } = { ...plain, ...wish };
    if (words.hasEndpointTools !== null) await this.#requireEndpointTools(actor);
    const id = newId<string>();
    const row = await database.transaction(async (tx) => {
      await refuseTakenName(tx, id, words.name);
      const chosen = await chooseCodeName(codeName, words.name, isTakenBut(tx, id));
      const made = { ...words, id, codeName: chosen, createdAt: clock.now().toISOString(), version: 1 };
      await insertJumpGroup(tx, made);
      await this.#record(tx, "jump-group.created", made, actor, { codeName: chosen });
      return made;
    });
    await policyBook.changed();
    return { ...row, jumpClients: 0 };
  }

  /** @throws {AppError} not_found, request.stale, request.conflict, permission.denied (endpoint tools) */
  async change(id: string, asked: Static<typeof ChangeJumpGroup>, actor: Actor): Promise<JumpGroup> {
    const { database, policyBook } = this.needs;
    const { version: seen, ...wish } = asked;
    const looked = found(await findJumpGroup(database.queries, id));
    if (wish.hasEndpointTools !== undefined && wish.hasEndpointTools !== looked.hasEndpointTools)
      await this.#requireEndpointTools(actor);
    const after = await database.transaction(async (tx) => {
      const row = found(await findJumpGroup(tx, id));
      const object = { kind: "jump-group", id, name: row.name };
      await requireVersion(tx, object, { present: row.version, seen: seen ?? row.version, changes: versionActions });
      const wished = { ...wish, codeName: await wishedCodeName(tx, row, wish) };
      const { changes, detail } = changedFields<JumpGroupWords>(row, wished);
      const jumpClients = await countJumpClients(tx, id);
      if (Object.keys(changes).length === 0) return { ...row, jumpClients };
      if (changes.name !== undefined) await refuseTakenName(tx, id, changes.name);
      const written = { ...row, ...changes };
      await updateJumpGroup(tx, written);
      await this.#record(tx, "jump-group.changed", row, actor, detail);
      return { ...written, version: row.version + 1, jumpClients };
    });
    await policyBook.changed();
    return after;
  }

  /** Only an empty one can go. @throws {AppError} not_found, request.conflict */
  async delete(id: string, actor: Actor): Promise<void> {
    const { database, policyBook } = this.needs;
    await database.transaction(async (tx) => {
      const row = found(await findJumpGroup(tx, id));
      const jumpClients = await countJumpClients(tx, id);
      const installers = await countInstallers(tx, id);
      if (jumpClients + installers > 0)
        throw new AppError(
          "request.conflict",
          `${row.name} still holds ${jumpClients} Jump Clients and ${installers} installers. Move or delete them first.`,
        );
      const holders = await countHolders(tx, id);
      await deleteJumpGroup(tx, id);
      await this.#record(tx, "jump-group.deleted", row, actor, holders);
    });
    await policyBook.changed();
  }

  /** @throws {AppError} permission.denied for who may not configure endpoint tools (FLEX-34); written down */
  async #requireEndpointTools(actor: Actor): Promise<void> {
    const { database, audit, policyBook, clock } = this.needs;
    const permission = "endpoint-tools.configure";
    const question = { actor: deciding(actor), jumpItem: null, permission, now: clock.now() } as const;
    if (decide({ ...question, policies: policyBook.current() }).outcome === "allow") return;
    const object = { kind: "route", id: "/api/login/jump-groups", name: permission };
    const event = { action: "permission.denied", outcome: "denied", actor: auditActor(actor), object } as const;
    await database.transaction((tx) => audit.record(tx, event));
    throw new AppError(
      "permission.denied",
      "Your account may not switch endpoint tools on or off. An administrator can allow it.",
    );
  }

  async #record(
    tx: Tx,
    action: AuditAction,
    row: Pick<JumpGroupRow, "id" | "name">,
    actor: Actor,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const object = { kind: "jump-group", id: row.id, name: row.name };
    await this.needs.audit.record(tx, { action, outcome: "succeeded", actor: auditActor(actor), object, detail });
  }
}

/** A Jump Group nobody said more of: takes every help, endpoint tools as the site says. */
const plain = { assistance: "both", hasEndpointTools: null } as const;

/** undefined: it stays. One that is emptied, or was never there, is made of the name. */
async function wishedCodeName(tx: Tx, row: JumpGroupRow, wish: Partial<JumpGroupWords>): Promise<string | undefined> {
  const codeName = wish.codeName ?? row.codeName;
  if (codeName !== "" && codeName === row.codeName) return undefined;
  return await chooseCodeName(codeName, wish.name ?? row.name, isTakenBut(tx, row.id));
}

async function refuseTakenName(tx: Tx, id: string, name: string): Promise<void> {
  const taken = await findByName(tx, name);
  if (taken !== undefined && taken.id !== id)
    throw new AppError("request.conflict", `There is already a Jump Group called ${taken.name}. Choose another name.`);
}

const isTakenBut =
  (tx: Tx, id: string) =>
  async (codeName: string): Promise<boolean> => {
    const holder = await findByCodeName(tx, codeName);
    return holder !== null && holder !== id;
  };

function found(row: JumpGroupRow | undefined): JumpGroupRow {
  if (row === undefined) throw new AppError("not_found", "This Jump Group is not there any more.");
  return row;
}
