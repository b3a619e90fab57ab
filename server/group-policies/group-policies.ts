/** Group policies: settings, Jump Groups and teams for many accounts at once, in an order. */
import type { Static } from "@sinclair/typebox";
import type {
  ChangeGroupPolicy,
  CreateGroupPolicy,
  GroupPolicy,
  GroupPolicyRow as Row,
} from "../../protocol/api/users.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { requireVersion } from "../audit/object-history.ts";
import type { Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { keepAdministrator } from "../representatives/administrators.ts";
import { accountsReachedBy } from "../representatives/standing.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import { requireMayMove, requireWholePolicy } from "./limits.ts";
import { namesJumpGroups, readMembers, readMemberships } from "./membership-store.ts";
import { applyWish, type Detail, refuseTakenName, removePolicy, requirePolicy } from "./policy-change.ts";
import { limitRoleGains } from "./role-gains.ts";
import {
  countReached,
  findGroupPolicy,
  type GroupPolicyRow,
  insertGroupPolicy,
  listGroupPolicies,
  peopleInSession,
  writeOrder,
} from "./store.ts";

/** Places told of in the audit event of a new order. */
const MOVES_TOLD = 50;
/** More would make each sign-in's rights slow to work out. */
const MAX_GROUP_POLICIES = 1000;
const versionActions: readonly AuditAction[] = ["group-policy.created", "group-policy.changed"];

export class GroupPolicies {
  readonly #needs: RightsChangeNeeds;
  constructor(needs: RightsChangeNeeds) {
    this.#needs = needs;
  }

  /** All of them, from the top. */
  async list(): Promise<Static<typeof Row>[]> {
    const { queries } = this.#needs.database;
    const counts = await countReached(queries);
    return (await listGroupPolicies(queries)).map(({ id, position, name, description, version }) => ({
      id,
      position,
      name,
      description,
      version,
      members: counts.get(id) ?? 0,
    }));
  }

  /** @throws {AppError} not_found */
  async get(id: string): Promise<GroupPolicy> {
    const { queries } = this.#needs.database;
    const policy = await findGroupPolicy(queries, id);
    if (policy === null) throw new AppError("not_found", "This group policy does not exist any more.");
    const { jumpGroups, teams } = await readMemberships(queries, id);
    const reached = await accountsReachedBy(queries, id);
    const inSession = await peopleInSession(queries);
    return {
      ...policy,
      members: reached.length,
      membersInSession: reached.filter((account) => inSession.has(account)).length,
      memberList: await readMembers(queries, id),
      jumpGroups: Array.from(jumpGroups, ([jumpGroup, change]) => ({ jumpGroup, ...change })),
      teams: Array.from(teams, ([team, role]) => ({ team, role })),
    };
  }

  /** Makes one below all others. @throws {AppError} request.conflict, request.invalid, permission.not_held */
  async create(actor: Actor, wish: Static<typeof CreateGroupPolicy>): Promise<GroupPolicy> {
    return await this.#insert(actor, () => Promise.resolve({ wish, told: {} }));
  }

  /** A new one below all others with the same settings, Jump Groups and teams, and nobody in it yet. */
  async copy(actor: Actor, id: string, name: string): Promise<GroupPolicy> {
    return await this.#insert(actor, async (tx) => {
      const { name: from, description, settings, areJumpGroupsFinal } = await requirePolicy(tx, id);
      const memberships = await readMemberships(tx, id);
      const jumpGroups = Array.from(memberships.jumpGroups, ([jumpGroup, change]) => ({ jumpGroup, ...change }));
      const teams = Array.from(memberships.teams, ([team, role]) => ({ team, role }));
      const places = { jumpGroups, areJumpGroupsFinal, teams };
      return { wish: { name, description, settings, members: [], ...places }, told: { copyOf: from } };
    });
  }

  /** @throws {AppError} not_found, request.stale, request.conflict, request.invalid, permission.not_held */
  async change(actor: Actor, id: string, { version, ...wish }: Static<typeof ChangeGroupPolicy>): Promise<GroupPolicy> {
    const { database, policyBook } = this.#needs;
    await database.transaction(async (tx) => {
      const policy = await requirePolicy(tx, id);
      const object = { kind: "group-policy", id, name: policy.name };
      await requireVersion(tx, object, { present: policy.version, seen: version, changes: versionActions });
      const detail = await applyWish(tx, actor, policy, wish, policyBook.current());
      await this.#keepAdministrator(tx);
      if (Object.keys(detail).length > 0) await this.#record(tx, "group-policy.changed", actor, policy, detail);
    });
    await policyBook.changed();
    return await this.get(id);
  }

  /** @throws {AppError} not_found, request.conflict (the last administrator), permission.not_held */
  async delete(actor: Actor, id: string): Promise<void> {
    const { database, policyBook } = this.#needs;
    await database.transaction(async (tx) => {
      const policy = await requirePolicy(tx, id);
      const detail = await removePolicy(tx, actor, policy, policyBook.current());
      await this.#keepAdministrator(tx);
      await this.#record(tx, "group-policy.deleted", actor, policy, detail);
    });
    await policyBook.changed();
  }

  /**
   * Puts them in this order, from the top.
   * @throws {AppError} request.stale when these are not all there are, request.conflict (the last administrator),
   *   permission.not_held
   */
  async order(actor: Actor, ids: readonly string[]): Promise<Static<typeof Row>[]> {
    const { database, policyBook } = this.#needs;
    await database.transaction(async (tx) => {
      const before = await listGroupPolicies(tx);
      if (!areTheSame(before, ids)) throw otherPolicies();
      const moved = before.filter(({ id }, index) => ids[index] !== id);
      if (moved.length === 0) return;
      const policies = policyBook.current();
      for (const { settings } of moved) requireWholePolicy(actor, settings, policies);
      const movedIds = moved.map(({ id }) => id);
      requireMayMove(actor, await namesJumpGroups(tx, movedIds));
      await limitRoleGains(tx, actor, { changed: movedIds, policies }, () => writeOrder(tx, ids));
      await this.#keepAdministrator(tx);
      await this.#recordOrder(tx, actor, moved, ids);
    });
    await policyBook.changed();
    return await this.list();
  }

  async #insert(
    actor: Actor,
    make: (tx: Tx) => Promise<{ wish: Static<typeof CreateGroupPolicy>; told: Detail }>,
  ): Promise<GroupPolicy> {
    const { database, clock, policyBook } = this.#needs;
    const id = newId<string>();
    await database.transaction(async (tx) => {
      const { wish, told } = await make(tx);
      await refuseTooMany(tx);
      await refuseTakenName(tx, id, wish.name);
      const { name, description } = wish;
      const createdAt = clock.now().toISOString();
      const empty = { id, name, description, settings: {}, areJumpGroupsFinal: false, createdAt, version: 1 };
      await insertGroupPolicy(tx, empty);
      const detail = await applyWish(tx, actor, { ...empty, position: 0 }, wish, policyBook.current());
      await this.#keepAdministrator(tx);
      await this.#record(tx, "group-policy.created", actor, empty, { ...told, ...detail });
    });
    await policyBook.changed();
    return await this.get(id);
  }

  async #keepAdministrator(tx: Tx): Promise<void> {
    await keepAdministrator(tx, this.#needs.policyBook.current(), this.#needs.clock.now());
  }

  async #recordOrder(tx: Tx, actor: Actor, moved: readonly GroupPolicyRow[], ids: readonly string[]): Promise<void> {
    const places = moved
      .slice(0, MOVES_TOLD)
      .map(({ id, name, position }) => [name, { before: position, after: ids.indexOf(id) + 1 }] as const);
    const object = { kind: "group-policies", id: "order", name: "group policies" };
    const detail = { moved: Object.fromEntries(places), movedCount: moved.length };
    const event = { action: "group-policy.ordered", outcome: "succeeded", actor: auditActor(actor), object } as const;
    await this.#needs.audit.record(tx, { ...event, detail });
  }

  async #record(
    tx: Tx,
    action: AuditAction,
    actor: Actor,
    { id, name }: Pick<GroupPolicyRow, "id" | "name">,
    detail: Detail,
  ): Promise<void> {
    const object = { kind: "group-policy", id, name };
    await this.#needs.audit.record(tx, { action, outcome: "succeeded", actor: auditActor(actor), object, detail });
  }
}

function areTheSame(policies: readonly GroupPolicyRow[], ids: readonly string[]): boolean {
  const known = new Set(policies.map(({ id }) => id));
  return known.size === ids.length && new Set(ids).size === ids.length && ids.every((id) => known.has(id));
}

async function refuseTooMany(tx: Tx): Promise<void> {
  if ((await listGroupPolicies(tx)).length < MAX_GROUP_POLICIES) return;
  throw new AppError("request.too_many", `There are ${MAX_GROUP_POLICIES} group policies. Delete one first.`);
}

const otherPolicies = (): AppError =>
  new AppError(
    "request.stale",
    "Group policies were added or deleted since you opened this list. Look at it again, then put them in order.",
  );
