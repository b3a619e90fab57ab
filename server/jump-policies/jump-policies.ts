/** Jump Policies: what must be so before a session starts, and what ends it. Without effect until a Jump Item has one. */
import type { Static } from "@sinclair/typebox";
import type { ChangeJumpPolicy, CreateJumpPolicy, JumpPolicy, JumpRules } from "../../protocol/api/policies.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { requireVersion } from "../audit/object-history.ts";
import { changedFields } from "../changed-fields.ts";
import { chooseCodeName } from "../code-name.ts";
import type { Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { countUses, findUses, refuseUsed, type UseCounts } from "../policy-uses/policy-uses.ts";
import { ScheduleWatch } from "../policy/schedule.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import { checkSchedule } from "./schedule-check.ts";
import {
  deleteJumpPolicy,
  findByCodeName,
  findJumpPolicy,
  findNamed,
  insertJumpPolicy,
  type JumpPolicyRow,
  type JumpPolicyWords,
  listJumpPolicies,
  listTeams,
  updateJumpPolicy,
} from "./store.ts";

const versionActions: readonly AuditAction[] = ["jump-policy.created", "jump-policy.changed"];

export class JumpPolicies {
  readonly #needs: RightsChangeNeeds;
  constructor(needs: RightsChangeNeeds) {
    this.#needs = needs;
  }

  async list(): Promise<JumpPolicy[]> {
    const { database, clock } = this.#needs;
    const counts = await countUses(database.queries, "jump-policy");
    return (await listJumpPolicies(database.queries)).map((row) => shown(row, counts(row.id), clock.now()));
  }

  /** @throws {AppError} not_found */
  async get(id: string): Promise<JumpPolicy> {
    const { database, clock } = this.#needs;
    const row = found(await findJumpPolicy(database.queries, id));
    return shown(row, (await countUses(database.queries, "jump-policy"))(id), clock.now());
  }

  /** Teams whose leads and managers may be the ones to agree. */
  async teams(): Promise<{ id: string; name: string }[]> {
    return await listTeams(this.#needs.database.queries);
  }

  /** @throws {AppError} request.conflict (a name that is taken, a team that is gone), request.invalid (a schedule) */
  async create(actor: Actor, wish: Static<typeof CreateJumpPolicy>): Promise<JumpPolicy> {
    return await this.#insert(actor, wish, null);
  }

  /** The same rules under another name; no Jump Item has it yet. @throws {AppError} not_found, request.conflict */
  async copy(actor: Actor, id: string, displayName: string): Promise<JumpPolicy> {
    const row = found(await findJumpPolicy(this.#needs.database.queries, id));
    const { description, rules } = row;
    return await this.#insert(actor, { displayName, description, rules }, row);
  }

  /** @throws {AppError} not_found, request.stale, request.conflict, request.invalid */
  async change(actor: Actor, id: string, asked: Static<typeof ChangeJumpPolicy>): Promise<JumpPolicy> {
    const { database, policyBook } = this.#needs;
    const { version: seen, rules, ...words } = asked;
    await database.transaction(async (tx) => {
      const row = found(await findJumpPolicy(tx, id));
      const object = { kind: "jump-policy", id, name: row.displayName };
      await requireVersion(tx, object, { present: row.version, seen, changes: versionActions });
      const wished = { ...words, codeName: await wishedCodeName(tx, row, words) };
      const plain = changedFields<Omit<JumpPolicyWords, "rules">>(row, wished);
      const ruled = changedFields<JumpRules>(row.rules, rules ?? {});
      if (plain.changes.displayName !== undefined) await refuseTakenName(tx, id, plain.changes.displayName);
      if (rules !== undefined) await checkRules(tx, rules, row.rules);
      const detail = { ...plain.detail, ...ruled.detail };
      if (Object.keys(detail).length === 0) return;
      await updateJumpPolicy(tx, { ...row, ...plain.changes, rules: { ...row.rules, ...ruled.changes } });
      await this.#record(tx, "jump-policy.changed", actor, row, detail);
    });
    await policyBook.changed();
    return await this.get(id);
  }

  /** @throws {AppError} not_found, request.conflict while it is used */
  async delete(actor: Actor, id: string): Promise<void> {
    const { database, policyBook } = this.#needs;
    await database.transaction(async (tx) => {
      const row = found(await findJumpPolicy(tx, id));
      refuseUsed(
        row.displayName,
        await findUses(tx, "jump-policy", id),
        "Give them another Jump Policy or none first.",
      );
      await deleteJumpPolicy(tx, id);
      await this.#record(tx, "jump-policy.deleted", actor, row, { rules: row.rules });
    });
    await policyBook.changed();
  }

  /** @param source what it is copied from; what that names may be gone by now */
  async #insert(
    actor: Actor,
    wish: Static<typeof CreateJumpPolicy>,
    source: JumpPolicyRow | null,
  ): Promise<JumpPolicy> {
    const { database, clock, policyBook } = this.#needs;
    const id = newId<string>();
    await database.transaction(async (tx) => {
      await refuseTakenName(tx, id, wish.displayName);
      await checkRules(tx, wish.rules, source?.rules ?? null);
      const codeName = await chooseCodeName(wish.codeName, wish.displayName, isTakenBut(tx, id));
      const row = { ...wish, id, codeName, version: 1 };
      await insertJumpPolicy(tx, row, clock.now().toISOString());
      const from = source === null ? {} : { copiedFrom: source.displayName };
      await this.#record(tx, "jump-policy.created", actor, row, { ...from, rules: row.rules });
    });
    await policyBook.changed();
    return await this.get(id);
  }

  async #record(tx: Tx, action: AuditAction, actor: Actor, row: JumpPolicyRow, detail: Record<string, unknown>) {
    const object = { kind: "jump-policy", id: row.id, name: row.displayName };
    await this.#needs.audit.record(tx, { action, outcome: "succeeded", actor: auditActor(actor), object, detail });
  }
}

function shown(row: JumpPolicyRow, { jumpItems, installers }: UseCounts, now: Date): JumpPolicy {
  const { schedule } = row.rules;
  const watch = schedule === null ? null : new ScheduleWatch(schedule);
  const changesAt = watch?.changesAt(now)?.toISOString() ?? null;
  return { ...row, jumpItems, installers, isOpen: watch?.isOpen(now) ?? true, changesAt };
}

/** @param before rules that may stay as they are; what they name may be gone by now */
async function checkRules(tx: Tx, { schedule, approval }: JumpRules, before: JumpRules | null): Promise<void> {
  if (schedule !== null && !Bun.deepEquals(schedule, before?.schedule)) checkSchedule(schedule);
  const team = approval?.team ?? null;
  if (team === null || team === before?.approval?.team) return;
  if (!(await listTeams(tx)).some(({ id }) => id === team))
    throw new AppError("request.conflict", "The team that shall agree does not exist any more. Choose another one.");
}

/** undefined: it stays. A code name that is emptied is made from the display name again. */
async function wishedCodeName(tx: Tx, row: JumpPolicyRow, wish: Partial<JumpPolicyWords>): Promise<string | undefined> {
  if (wish.codeName === undefined || wish.codeName === row.codeName) return undefined;
  return await chooseCodeName(wish.codeName, wish.displayName ?? row.displayName, isTakenBut(tx, row.id));
}

async function refuseTakenName(tx: Tx, id: string, name: string): Promise<void> {
  const taken = await findNamed(tx, name);
  if (taken !== null && taken.id !== id)
    throw new AppError("request.conflict", `There is already a Jump Policy called ${taken.name}. Choose another name.`);
}

const isTakenBut =
  (tx: Tx, id: string) =>
  async (codeName: string): Promise<boolean> => {
    const holder = await findByCodeName(tx, codeName);
    return holder !== null && holder !== id;
  };

function found(row: JumpPolicyRow | null): JumpPolicyRow {
  if (row === null) throw new AppError("not_found", "This Jump Policy does not exist any more.");
  return row;
}
