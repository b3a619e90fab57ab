/** Teams: members, and those who lead or manage them. */
import type { Static } from "@sinclair/typebox";
import type {
  ChangeTeam,
  CreateTeam,
  Team,
  TeamChoices,
  TeamRole,
  Teams as TeamPage,
  TeamsQuery,
} from "../../protocol/api/users.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { requireVersion } from "../audit/object-history.ts";
import { changedFields } from "../changed-fields.ts";
import { chooseCodeName } from "../code-name.ts";
import type { Queries, Tx } from "../database/database.ts";
import { isEmpty, type MemberChanges, memberChanges, membersDetail } from "../member-changes.ts";
import { newId } from "../new-id.ts";
import { holds } from "../representatives/giving.ts";
import { keepTeamHands } from "../representatives/hands.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import {
  deleteTeam,
  findTeam,
  findTeamByCodeName,
  findTeamByName,
  insertTeam,
  listTeamNames,
  listTeams,
  type Members,
  namesOf,
  readJumpPoliciesAsking,
  readMembers,
  readTeamPolicies,
  removeMembers,
  type TeamRow,
  updateTeam,
  writeMembers,
} from "./store.ts";

type Wish = Static<typeof CreateTeam>;
type Detail = Record<string, unknown>;

const versionActions: readonly AuditAction[] = ["team.created", "team.changed"];

export class Teams {
  readonly #needs: RightsChangeNeeds;
  constructor(needs: RightsChangeNeeds) {
    this.#needs = needs;
  }

  /** A page of them by name, with who leads them. */
  async list(query: TeamsQuery): Promise<TeamPage> {
    return await listTeams(this.#needs.database.queries, query);
  }

  /** The names of all, for choosing from. */
  async choices(): Promise<Static<typeof TeamChoices>> {
    return { teams: await listTeamNames(this.#needs.database.queries) };
  }

  /** @throws {AppError} not_found */
  async get(id: string): Promise<Team> {
    const { queries } = this.#needs.database;
    return await shown(queries, found(await findTeam(queries, id)));
  }

  /** @throws {AppError} request.conflict (a name that is taken, somebody without an account), permission.not_held */
  async create(actor: Actor, { members, codeName, ...wish }: Wish): Promise<Team> {
    const { database, clock, policyBook } = this.#needs;
    const id = newId<string>();
    await database.transaction(async (tx) => {
      await refuseTakenName(tx, id, wish.name);
      const chosen = await chooseCodeName(codeName, wish.name, isTakenBut(tx, id));
      const row = { ...wish, id, codeName: chosen, createdAt: clock.now().toISOString(), version: 1 };
      await insertTeam(tx, row);
      const changes = memberChanges(new Map(), rolesOf(members));
      requireNoOwnReach(actor, id, changes);
      const detail = await setMembers(tx, actor, id, changes);
      await this.#record(tx, "team.created", actor, row, isEmpty(changes) ? {} : { members: detail });
    });
    policyBook.accountsChanged();
    return await this.get(id);
  }

  /** @throws {AppError} not_found, request.stale, request.conflict, permission.not_held */
  async change(actor: Actor, id: string, { version, ...wish }: Static<typeof ChangeTeam>): Promise<Team> {
    const { database, policyBook } = this.#needs;
    await database.transaction(async (tx) => {
      const team = found(await findTeam(tx, id));
      const object = { kind: "team", id, name: team.name };
      await requireVersion(tx, object, { present: team.version, seen: version, changes: versionActions });
      const { name, comments } = wish;
      if (name !== undefined) await refuseTakenName(tx, id, name);
      const codeName = await codeNameFor(tx, team, wish);
      const plain = changedFields<TeamRow>(team, { name, comments, codeName });
      const detail = { ...plain.detail, ...(await changeMembers(tx, actor, id, wish.members)) };
      if (Object.keys(detail).length === 0) return;
      await updateTeam(tx, id, plain.changes);
      await this.#record(tx, "team.changed", actor, team, detail);
    });
    policyBook.accountsChanged();
    return await this.get(id);
  }

  /** @throws {AppError} not_found, request.conflict where a Jump Policy asks this team for its approval */
  async delete(actor: Actor, id: string): Promise<void> {
    const { database, policyBook } = this.#needs;
    await database.transaction(async (tx) => {
      const team = found(await findTeam(tx, id));
      await refuseWhileAsked(tx, team);
      const groupPolicies = (await readTeamPolicies(tx, id)).map(({ name }) => name);
      const members = (await readMembers(tx, id)).length;
      await deleteTeam(tx, id);
      await this.#record(tx, "team.deleted", actor, team, { members, groupPolicies });
    });
    await policyBook.changed();
  }

  async #record(tx: Tx, action: AuditAction, actor: Actor, team: TeamRow, detail: Detail): Promise<void> {
    const object = { kind: "team", id: team.id, name: team.name };
    await this.#needs.audit.record(tx, { action, outcome: "succeeded", actor: auditActor(actor), object, detail });
  }
}

async function shown(queries: Queries, row: TeamRow): Promise<Team> {
  return {
    ...row,
    members: await readMembers(queries, row.id),
    groupPolicies: await readTeamPolicies(queries, row.id),
  };
}

/** @throws {AppError} request.conflict */
async function refuseWhileAsked(tx: Tx, { id, name }: TeamRow): Promise<void> {
  const asking = await readJumpPoliciesAsking(tx, id);
  if (asking.length === 0) return;
  throw new AppError(
    "request.conflict",
    `${name} approves requests for ${asking.slice(0, 5).join(", ")}. Let another team approve there first.`,
  );
}

const rolesOf = (members: Wish["members"]): Members => new Map(members.map(({ user, role }) => [user, role]));

/** The code name it shall have: a wished one that is free, or the one it has. */
async function codeNameFor(tx: Tx, team: TeamRow, { name, codeName }: Partial<Wish>): Promise<string> {
  if (codeName === undefined || codeName === team.codeName) return team.codeName;
  return await chooseCodeName(codeName, name ?? team.name, isTakenBut(tx, team.id));
}

/** Makes the members these; returns what the audit log tells of it. */
async function changeMembers(tx: Tx, actor: Actor, id: string, members: Wish["members"] | undefined): Promise<Detail> {
  if (members === undefined) return {};
  const before = new Map((await readMembers(tx, id)).map(({ user, role }) => [user, role]));
  const changes = memberChanges(before, rolesOf(members));
  requireNoOwnReach(actor, id, changes);
  return isEmpty(changes) ? {} : { members: await setMembers(tx, actor, id, changes) };
}

/**
 * Who leads a team answers its requests for access and may see its members' personal lists: nobody makes themselves one, nor
 * whom they lead more, unless they may do everything anyway.
 * @throws {AppError} permission.not_held
 */
function requireNoOwnReach(actor: Actor, team: string, { written }: MemberChanges<TeamRole>): void {
  if (holds(actor, "site.administer")) return;
  const { ledTeams, settings } = actor.rights;
  const ownRole = written.get(actor.id);
  if (ownRole !== undefined && ownRole !== "member") throw notOwn("Who leads or manages a team is made one by others.");
  const putsIn = [...written.keys()].some((user) => user !== actor.id);
  if (putsIn && ledTeams.has(team) && settings["jump-items.see-team-lists"].value)
    throw notOwn("You lead this team and see its members' personal lists, so others choose who is in it.");
}

const notOwn = (what: string): AppError => new AppError("permission.not_held", `${what} An administrator can do this.`);

async function setMembers(tx: Tx, actor: Actor, id: string, changes: MemberChanges<TeamRole>) {
  const names = await namesOf(tx, [...changes.written.keys(), ...changes.removed]);
  const strangers = [...changes.written.keys()].filter((user) => !names.has(user));
  if (strangers.length > 0)
    throw new AppError("request.conflict", `${strangers.length} of the members have no account any more. Look again.`);
  await removeMembers(tx, id, changes.removed);
  await writeMembers(tx, id, changes.written);
  const leading = [...changes.written].filter(([, role]) => role !== "member").map(([user]) => user);
  const others = [...changes.written.keys(), ...changes.removed].filter((user) => !leading.includes(user));
  await keepTeamHands(tx, actor, id, { leading, others });
  return membersDetail(changes, (user) => names.get(user) ?? user);
}

async function refuseTakenName(tx: Tx, id: string, name: string): Promise<void> {
  const taken = await findTeamByName(tx, name);
  if (taken !== null && taken.id !== id)
    throw new AppError("request.conflict", `There is already a team called ${taken.name}. Choose another name.`);
}

const isTakenBut =
  (tx: Tx, id: string) =>
  async (codeName: string): Promise<boolean> => {
    const holder = await findTeamByCodeName(tx, codeName);
    return holder !== null && holder !== id;
  };

function found(team: TeamRow | null): TeamRow {
  if (team === null) throw new AppError("not_found", "This team does not exist any more.");
  return team;
}
