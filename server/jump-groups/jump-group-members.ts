/** Who is in a Jump Group: with which role, and who gave it. The role comes from the very rule that runs. */
import type { Static } from "@sinclair/typebox";
import type { JumpGroupMember, JumpGroupMembers as Page, JumpGroupMembersQuery } from "../../protocol/api/policies.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { compileRights } from "../policy/compile-rights.ts";
import { jumpItemRoleOn } from "../policy/jump-item-role.ts";
import type { AccountRights, GroupPolicy, Policies } from "../policy/policies.ts";
import { gainsBeyond, ownPermissionsOn } from "../policy/role-gain.ts";
import { holds } from "../representatives/giving.ts";
import { standingsOf } from "../representatives/standing.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import { areThere, findPeople, findPerson, type Person, readGiven, removeGiven, writeGiven } from "./members-store.ts";

/** People looked at before others have a turn. */
const BATCH = 250;
const DEFAULT_PAGE = 100;

type Member = Static<typeof JumpGroupMember>;
type Given = ReadonlyMap<string, string | null>;

export class JumpGroupMembers {
  constructor(private readonly needs: RightsChangeNeeds) {}

  /** A page of them by name, and the group policies that put people in. @throws {AppError} not_found */
  async list(jumpGroup: string, query: Static<typeof JumpGroupMembersQuery>): Promise<Static<typeof Page>> {
    const { policyBook, database } = this.needs;
    const policies = policyBook.current();
    requireGroup(policies, jumpGroup);
    const given = await readGiven(database.queries, jumpGroup);
    const people = await findPeople(database.queries, query.search ?? "");
    const members = await this.#membersAmong(people, jumpGroup, given, policies);
    const { offset = 0, limit = DEFAULT_PAGE } = query;
    return {
      members: members.slice(offset, offset + limit),
      total: members.length,
      groupPolicies: namingPolicies(policies, jumpGroup),
    };
  }

  /**
   * Puts somebody in, or gives them another role there; null: their default role.
   * @throws {AppError} not_found (Jump Group, person), request.conflict (a role that is gone), permission.not_held
   */
  async set(actor: Actor, jumpGroup: string, user: string, role: string | null): Promise<void> {
    const { database, policyBook } = this.needs;
    const policies = policyBook.current();
    requireGroup(policies, jumpGroup);
    requireMayGive(actor, jumpGroup, role, policies);
    await this.#requireNoGain(actor, jumpGroup, user, new Map([[jumpGroup, role]]));
    await database.transaction(async (tx) => {
      const { isGroupThere, isRoleThere } = await areThere(tx, jumpGroup, role);
      if (!isGroupThere) throw groupGone();
      if (!isRoleThere) throw roleGone();
      const person = found(await findPerson(tx, user));
      const given = await readGiven(tx, jumpGroup);
      if (given.has(user) && given.get(user) === role) return;
      await writeGiven(tx, { jumpGroup, person: user, role });
      const before = given.has(user) ? wordOf(policies, given.get(user) ?? null) : null;
      const detail = { member: person.name, role: { before, after: wordOf(policies, role) } };
      await this.#record(tx, "jump-group.member-set", actor, { policies, jumpGroup, detail });
    });
    await policyBook.changed();
  }

  /**
   * Takes away what was given on the Jump Group's page; what others give stays, and may be more.
   * @throws {AppError} not_found, permission.not_held
   */
  async remove(actor: Actor, jumpGroup: string, user: string): Promise<void> {
    const { database, policyBook } = this.needs;
    const policies = policyBook.current();
    requireGroup(policies, jumpGroup);
    await this.#requireNoGain(actor, jumpGroup, user, new Map());
    await database.transaction(async (tx) => {
      const person = found(await findPerson(tx, user));
      const given = await readGiven(tx, jumpGroup);
      if (!given.has(user))
        throw new AppError("not_found", `${person.name} was not put into this Jump Group on its own page.`);
      await removeGiven(tx, jumpGroup, user);
      const detail = { member: person.name, role: { before: wordOf(policies, given.get(user) ?? null), after: null } };
      await this.#record(tx, "jump-group.member-removed", actor, { policies, jumpGroup, detail });
    });
    await policyBook.changed();
  }

  /**
   * What they have here in the end is no more than the actor has: a weak role given here may hide a stronger one, which
   * whoever takes it away gives, and the default role is theirs, not the actor's.
   * @param given what this Jump Group's page gives them after the change
   * @throws {AppError} permission.not_held, not_found (the account)
   */
  async #requireNoGain(actor: Actor, jumpGroup: string, user: string, given: Given): Promise<void> {
    if (holds(actor, "jump-item-roles.manage")) return;
    const { database, policyBook } = this.needs;
    const policies = policyBook.current();
    const before = await policyBook.rightsOf(user);
    const only = about(policies, jumpGroup);
    const [standing] = await standingsOf(database.queries, [user]);
    const compiled = compileRights(
      { ...found(standing ?? null), jumpGroups: given, ledTeams: nobody, ledUsers: nobody },
      only,
    );
    const after = { ...before, jumpGroups: compiled.jumpGroups };
    if (gainsBeyond(actor, { before, after, jumpGroups: [jumpGroup] }, policies)) throw notHeld();
  }

  async #membersAmong(people: readonly Person[], jumpGroup: string, given: Given, policies: Policies) {
    const only = about(policies, jumpGroup);
    const members: Member[] = [];
    for (let first = 0; first < people.length; first += BATCH) {
      const batch = people.slice(first, first + BATCH);
      const ids = batch.map(({ id }) => id);
      const standings = new Map((await standingsOf(this.needs.database.queries, ids)).map((one) => [one.id, one]));
      for (const person of batch) {
        const standing = standings.get(person.id);
        if (standing === undefined) continue;
        const own = given.get(person.id);
        const jumpGroups = new Map(own === undefined ? [] : [[jumpGroup, own] as const]);
        const rights = compileRights({ ...standing, jumpGroups, ledTeams: nobody, ledUsers: nobody }, only);
        const member = memberOf(person, rights, { jumpGroup, given, policies: only });
        if (member !== null) members.push(member);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return members;
  }

  async #record(
    tx: Parameters<typeof writeGiven>[0],
    action: AuditAction,
    actor: Actor,
    told: { policies: Policies; jumpGroup: string; detail: Readonly<Record<string, unknown>> },
  ): Promise<void> {
    const { policies, jumpGroup, detail } = told;
    const object = { kind: "jump-group", id: jumpGroup, name: policies.jumpGroups.get(jumpGroup)?.name ?? "" };
    await this.needs.audit.record(tx, { action, outcome: "succeeded", actor: auditActor(actor), object, detail });
  }
}

const nobody: ReadonlySet<string> = new Set();

/** Group policies that put people into this Jump Group or take them out, from the top. */
function namingPolicies(policies: Policies, jumpGroup: string): Static<typeof Page>["groupPolicies"] {
  const naming = policies.groupPolicies.filter(
    (policy) => policy.jumpGroups.has(jumpGroup) || policy.removedJumpGroups.has(jumpGroup),
  );
  return naming.map(({ id, name, jumpGroups, removedJumpGroups, areJumpGroupsFinal: isFinal }) => {
    const change = removedJumpGroups.has(jumpGroup) ? "remove" : "add";
    return { id, name, role: named(policies, jumpGroups.get(jumpGroup) ?? null), change, isFinal };
  });
}

/** The same policies with nothing in them but what decides about this Jump Group: each account is compiled quickly. */
function about(policies: Policies, jumpGroup: string): Policies {
  const groupPolicies = policies.groupPolicies.map(
    ({ settings, jumpGroups, removedJumpGroups, ...rest }): GroupPolicy => {
      const { defaultJumpItemRole, systemJumpItemRole, "site.administer": administer } = settings;
      const counting = {
        ...(defaultJumpItemRole === undefined ? {} : { defaultJumpItemRole }),
        ...(systemJumpItemRole === undefined ? {} : { systemJumpItemRole }),
        ...(administer === undefined ? {} : { "site.administer": administer }),
      };
      const here = jumpGroups.get(jumpGroup);
      return {
        ...rest,
        settings: counting,
        jumpGroups: new Map(here === undefined ? [] : [[jumpGroup, here]]),
        removedJumpGroups: new Set(removedJumpGroups.has(jumpGroup) ? [jumpGroup] : []),
      };
    },
  );
  return { ...policies, groupPolicies };
}

/** null: nothing reaches this Jump Group for them. */
function memberOf(
  { id, name, username }: Person,
  rights: AccountRights,
  { jumpGroup, given, policies }: { jumpGroup: string; given: Given; policies: Policies },
): Member | null {
  const role = jumpItemRoleOn(rights, jumpGroup, policies)?.role ?? null;
  const membership = rights.jumpGroups.get(jumpGroup);
  if (role === null && membership === undefined) return null;
  const shown = role === null ? null : { id: role.id, name: role.name };
  const isEditable = given.has(id);
  return { user: id, name, username, role: shown, by: grantedBy(membership), isEditable };
}

function grantedBy(membership: ReturnType<AccountRights["jumpGroups"]["get"]>): Member["by"] {
  if (membership === undefined) return { kind: "system-role" };
  const { role, source } = membership;
  if (source.kind === "group-policy") return { kind: "group-policy", policy: source.policy };
  return { kind: "jump-group", usesDefaultRole: role === null };
}

/** Nobody gives a role that allows more than their own there, but who may change roles anyway (NA11). */
function requireMayGive(actor: Actor, jumpGroup: string, role: string | null, policies: Policies): void {
  if (holds(actor, "jump-item-roles.manage")) return;
  const wished = policies.jumpItemRoles.get(role ?? "")?.permissions ?? new Set();
  if (!wished.isSubsetOf(ownPermissionsOn(actor, jumpGroup, policies))) throw notHeld();
}

const notHeld = (): AppError =>
  new AppError(
    "permission.not_held",
    "They would be allowed more here than you are, so this is not yours to do. An administrator can do it.",
  );

function requireGroup({ jumpGroups }: Policies, id: string): void {
  const group = jumpGroups.get(id);
  if (group === undefined || group.owner !== null) throw groupGone();
}

const groupGone = (): AppError => new AppError("not_found", "This Jump Group is not there any more.");

function named({ jumpItemRoles }: Policies, id: string | null): { id: string; name: string } | null {
  const role = id === null ? undefined : jumpItemRoles.get(id);
  return role === undefined ? null : { id: role.id, name: role.name };
}

const wordOf = (policies: Policies, role: string | null): string => named(policies, role)?.name ?? "default role";
const roleGone = () =>
  new AppError("request.conflict", "This Jump Item Role does not exist any more. Choose another one.");

function found<T>(person: T | null): T {
  if (person === null) throw new AppError("not_found", "This account does not exist any more.");
  return person;
}
