/** Session policies: what is allowed in support sessions, for whoever or whatever is given one. */
import type { Static } from "@sinclair/typebox";
import type {
  ChangeSessionPolicy,
  CreateSessionPolicy,
  SessionPolicy,
  SessionPolicyRow,
} from "../../protocol/api/policies.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { requireVersion } from "../audit/object-history.ts";
import { changedFields } from "../changed-fields.ts";
import { chooseCodeName } from "../code-name.ts";
import type { Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { countUses, findUses, refuseUsed, type UseCounts, type Uses } from "../policy-uses/policy-uses.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import { checkRules, grantsOf, rulesDetail } from "./session-rules.ts";
import {
  type Availability,
  deleteSessionPolicy,
  findByCodeName,
  findNamed,
  findSessionPolicy,
  insertSessionPolicy,
  listSessionPolicies,
  type SessionPolicyStored,
  type SessionPolicyWords,
  updateSessionPolicy,
} from "./store.ts";

type Wish = Static<typeof CreateSessionPolicy>;
type Row = Static<typeof SessionPolicyRow>;

/** Names shown of each kind of place that uses one. */
const NAMES_SHOWN = 100;
const versionActions: readonly AuditAction[] = ["session-policy.created", "session-policy.changed"];

export class SessionPolicies {
  readonly #needs: RightsChangeNeeds;
  constructor(needs: RightsChangeNeeds) {
    this.#needs = needs;
  }

  async list(): Promise<Row[]> {
    const { queries } = this.#needs.database;
    const counts = await countUses(queries, "session-policy");
    return (await listSessionPolicies(queries)).map((row) => shown(row, counts(row.id)));
  }

  /** @throws {AppError} not_found */
  async get(id: string): Promise<SessionPolicy> {
    const { queries } = this.#needs.database;
    const row = found(await findSessionPolicy(queries, id));
    const uses = await findUses(queries, "session-policy", id, NAMES_SHOWN);
    const named = (place: Uses["place"]) => uses.find((one) => one.place === place)?.first.map((one) => ({ ...one }));
    const { rules, createdAt } = row;
    return {
      ...{ ...shown(row, (await countUses(queries, "session-policy"))(id)), rules, createdAt },
      users: named("users") ?? [],
      groupPolicies: named("groupPolicies") ?? [],
      jumpItems: named("jumpItems") ?? [],
    };
  }

  /** @throws {AppError} request.conflict (a name that is taken), request.invalid (rules) */
  async create(actor: Actor, wish: Wish): Promise<SessionPolicy> {
    return await this.#insert(actor, wish, {});
  }

  /** The same rules under another name; nobody has it yet. @throws {AppError} not_found, request.conflict */
  async copy(actor: Actor, id: string, displayName: string): Promise<SessionPolicy> {
    const row = found(await findSessionPolicy(this.#needs.database.queries, id));
    const { description, availability, rules } = row;
    return await this.#insert(
      actor,
      { displayName, description, availability, rules },
      { copiedFrom: row.displayName },
    );
  }

  /** @throws {AppError} not_found, request.stale, request.conflict, request.invalid */
  async change(actor: Actor, id: string, asked: Static<typeof ChangeSessionPolicy>): Promise<SessionPolicy> {
    const { database, policyBook } = this.#needs;
    const { version: seen, rules, ...words } = asked;
    await database.transaction(async (tx) => {
      const row = found(await findSessionPolicy(tx, id));
      const object = { kind: "session-policy", id, name: row.displayName };
      await requireVersion(tx, object, { present: row.version, seen, changes: versionActions });
      const wished = { ...words, codeName: await wishedCodeName(tx, row, words) };
      const { changes, detail } = changedFields<Omit<SessionPolicyWords, "rules">>(row, wished);
      if (changes.displayName !== undefined) await refuseTakenName(tx, id, changes.displayName);
      if (changes.availability !== undefined) await refuseTakenAway(tx, row, changes.availability);
      if (rules !== undefined) checkRules(rules);
      const told = { ...detail, ...(rules === undefined ? {} : rulesDetail(row.rules, rules)) };
      if (Object.keys(told).length === 0) return;
      await updateSessionPolicy(tx, { ...row, ...changes, rules: rules ?? row.rules });
      await this.#record(tx, "session-policy.changed", actor, row, told);
    });
    await policyBook.changed();
    return await this.get(id);
  }

  /** @throws {AppError} not_found, request.conflict while it is used */
  async delete(actor: Actor, id: string): Promise<void> {
    const { database, policyBook } = this.#needs;
    await database.transaction(async (tx) => {
      const row = found(await findSessionPolicy(tx, id));
      refuseUsed(row.displayName, await findUses(tx, "session-policy", id), "Give them another one or none first.");
      await deleteSessionPolicy(tx, id);
      await this.#record(tx, "session-policy.deleted", actor, row, { rules: row.rules });
    });
    await policyBook.changed();
  }

  async #insert(actor: Actor, wish: Wish, detail: Readonly<Record<string, unknown>>): Promise<SessionPolicy> {
    const { database, clock, policyBook } = this.#needs;
    const id = newId<string>();
    checkRules(wish.rules);
    await database.transaction(async (tx) => {
      await refuseTakenName(tx, id, wish.displayName);
      const codeName = await chooseCodeName(wish.codeName, wish.displayName, isTakenBut(tx, id));
      const row = { ...wish, id, codeName, createdAt: clock.now().toISOString(), version: 1 };
      await insertSessionPolicy(tx, row);
      const { availability, rules } = row;
      await this.#record(tx, "session-policy.created", actor, row, { ...detail, availability, rules });
    });
    await policyBook.changed();
    return await this.get(id);
  }

  async #record(tx: Tx, action: AuditAction, actor: Actor, row: SessionPolicyStored, detail: Record<string, unknown>) {
    const object = { kind: "session-policy", id: row.id, name: row.displayName };
    await this.#needs.audit.record(tx, { action, outcome: "succeeded", actor: auditActor(actor), object, detail });
  }
}

function shown(row: SessionPolicyStored, { users, groupPolicies, jumpItems, installers }: UseCounts): Row {
  const { rules, createdAt: _, ...rest } = row;
  return { ...rest, definedCount: grantsOf(rules).length, usedBy: { users, groupPolicies, jumpItems, installers } };
}

/** What somebody has it for stays available (SPOL-01, SPOL-06). @throws {AppError} request.conflict */
async function refuseTakenAway(tx: Tx, row: SessionPolicyStored, after: Availability): Promise<void> {
  const uses = await findUses(tx, "session-policy", row.id);
  const byUsers = uses.filter(({ place }) => place === "users" || place === "groupPolicies");
  const byJumpItems = uses.filter(({ place }) => place === "jumpItems" || place === "installers");
  const advice = "It stays available there until they have another one.";
  if (row.availability.users && !after.users) refuseUsed(row.displayName, byUsers, advice);
  if (row.availability.jumpItems && !after.jumpItems) refuseUsed(row.displayName, byJumpItems, advice);
}

/** undefined: it stays. A code name that is emptied is made from the display name again. */
async function wishedCodeName(tx: Tx, row: SessionPolicyStored, wish: Partial<Wish>): Promise<string | undefined> {
  if (wish.codeName === undefined || wish.codeName === row.codeName) return undefined;
  return await chooseCodeName(wish.codeName, wish.displayName ?? row.displayName, isTakenBut(tx, row.id));
}

async function refuseTakenName(tx: Tx, id: string, name: string): Promise<void> {
  const taken = await findNamed(tx, name);
  if (taken !== null && taken.id !== id)
    throw new AppError(
      "request.conflict",
      `There is already a session policy called ${taken.name}. Choose another name.`,
    );
}

const isTakenBut =
  (tx: Tx, id: string) =>
  async (codeName: string): Promise<boolean> => {
    const holder = await findByCodeName(tx, codeName);
    return holder !== null && holder !== id;
  };

function found(row: SessionPolicyStored | null): SessionPolicyStored {
  if (row === null) throw new AppError("not_found", "This session policy does not exist any more.");
  return row;
}
