/** What a change of a group policy would do to people: it is tried as it would be made, and undone. */
import { setImmediate as othersTurn } from "node:timers/promises";
import type { Static } from "@sinclair/typebox";
import { type AccountSettingName, accountSettingNames } from "../../protocol/account-settings.ts";
import type { GroupPolicyPreview, PreviewGroupPolicy, SettingEffect } from "../../protocol/api/users.ts";
import { AppError } from "../../protocol/errors.ts";
import { accountPermissions } from "../../protocol/permissions.ts";
import type { Actor } from "../actor.ts";
import type { Database, Tx } from "../database/database.ts";
import type { AccountRights, Policies } from "../policy/policies.ts";
import { hasAdministrator } from "../representatives/administrators.ts";
import {
  accountsReachedBy,
  rightsBySettings,
  type Standing,
  standingsOf,
  withGroupPolicies,
} from "../representatives/standing.ts";
import { type Memberships, readGivenToMany, readMemberships } from "./membership-store.ts";
import { jumpGroupRows } from "./preview-jump-groups.ts";
import { applyWish, removePolicy, requirePolicy } from "./policy-change.ts";
import { type GroupPolicyRow, listGroupPolicies, peopleInSession } from "./store.ts";

/** Accounts worked out before others have a turn. */
const STEP = 200;

/** The tables as the tried change left them, and as they were. */
interface Tried {
  readonly policiesBefore: readonly GroupPolicyRow[];
  readonly policiesAfter: readonly GroupPolicyRow[];
  readonly reachedBefore: ReadonlySet<string>;
  readonly reachedAfter: ReadonlySet<string>;
  readonly standings: readonly Standing[];
  /** The tried policy's Jump Groups as the change leaves them. */
  readonly jumpGroupsAfter: Memberships["jumpGroups"];
  /** Whoever is looked at: the Jump Groups whose own pages name them. */
  readonly given: ReadonlyMap<string, string | null>;
  readonly takesLastAdministrator: boolean;
}

/** Ends the transaction without keeping anything of it. */
class Undone extends Error {}

/**
 * @throws {AppError} not_found, and whatever the change itself would be refused with, but for the last administrator
 */
export async function previewChange(
  { database, policies, now }: { readonly database: Database; readonly policies: Policies; readonly now: Date },
  actor: Actor,
  id: string,
  asked: Static<typeof PreviewGroupPolicy>,
): Promise<GroupPolicyPreview> {
  const tried = await undone(database, (tx) => tryChange(tx, { actor, id, asked, policies, now }));
  const inSession = await peopleInSession(database.queries);
  const affected = new Set([...tried.reachedBefore, ...tried.reachedAfter]);
  const effects = new Effects();
  let askerLoses: readonly AccountSettingName[] = [];
  let user: GroupPolicyPreview["user"] = null;
  for (const [index, standing] of tried.standings.entries()) {
    const { before, after } = rightsAround(standing, id, tried, policies);
    if (affected.has(standing.id)) effects.add(before, after);
    if (standing.id === actor.id) askerLoses = lost(before, after);
    if (standing.id === asked.user) user = userRows(standing, id, tried, policies);
    if (index % STEP === STEP - 1) await othersTurn();
  }
  return {
    people: affected.size,
    joining: [...tried.reachedAfter].filter((one) => !tried.reachedBefore.has(one)).length,
    leaving: [...tried.reachedBefore].filter((one) => !tried.reachedAfter.has(one)).length,
    inSession: [...affected].filter((one) => inSession.has(one)).length,
    settings: effects.list(),
    takesLastAdministrator: tried.takesLastAdministrator,
    askerLoses: [...askerLoses],
    user,
  };
}

async function undone<T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  const results: T[] = [];
  const end = new Undone();
  await database
    .transaction(async (tx) => {
      results.push(await work(tx));
      throw end;
    })
    .catch((error: unknown) => {
      if (error !== end) throw error;
    });
  return results[0]!;
}

interface Trial {
  readonly actor: Actor;
  readonly id: string;
  readonly asked: Static<typeof PreviewGroupPolicy>;
  readonly policies: Policies;
  readonly now: Date;
}

async function tryChange(tx: Tx, { actor, id, asked, policies, now }: Trial): Promise<Tried> {
  const policy = await requirePolicy(tx, id);
  const policiesBefore = await listGroupPolicies(tx);
  const reachedBefore = new Set(await accountsReachedBy(tx, id));
  if (asked.isDeleted === true) await removePolicy(tx, actor, policy, policies);
  else await applyWish(tx, actor, policy, asked.changes, policies);
  const reachedAfter = new Set(await accountsReachedBy(tx, id));
  const watched = asked.user === undefined ? [actor.id] : [actor.id, asked.user];
  const standings = await standingsOf(tx, [...new Set([...reachedBefore, ...reachedAfter, ...watched])]);
  if (asked.user !== undefined && !standings.some((one) => one.id === asked.user))
    throw new AppError("not_found", "This account does not exist any more.");
  const takesLastAdministrator = !(await hasAdministrator(tx, policies, now));
  const policiesAfter = await listGroupPolicies(tx);
  const { jumpGroups: jumpGroupsAfter } = await readMemberships(tx, id);
  const given = (await readGivenToMany(tx, watched)).get(asked.user ?? "") ?? new Map<string, string | null>();
  const reached = { reachedBefore, reachedAfter, standings };
  return { policiesBefore, policiesAfter, ...reached, jumpGroupsAfter, given, takesLastAdministrator };
}

function userRows(standing: Standing, id: string, tried: Tried, policies: Policies): GroupPolicyPreview["user"] {
  const { before, after } = rightsAround(standing, id, tried, policies);
  const isFinal = tried.policiesAfter.find((policy) => policy.id === id)?.areJumpGroupsFinal ?? false;
  const change = { id, jumpGroups: tried.jumpGroupsAfter, isFinal };
  const account = { ...standing, jumpGroups: tried.given };
  const jumpGroups = jumpGroupRows(account, reachedBy(standing, id, tried), change, policies);
  return { id: standing.id, name: standing.name, settings: rowsOf(before, after), jumpGroups };
}

/** The group policies that reached the account before the tried change. */
function reachedBy(standing: Standing, id: string, { reachedBefore }: Tried): Set<string> {
  const before = new Set(standing.groupPolicies);
  before.delete(id);
  return reachedBefore.has(standing.id) ? before.add(id) : before;
}

function rightsAround(standing: Standing, id: string, tried: Tried, policies: Policies) {
  const was = reachedBy(standing, id, tried);
  return {
    before: rightsBySettings(
      { ...standing, groupPolicies: was },
      withGroupPolicies(policies, only(tried.policiesBefore, was)),
    ),
    after: rightsBySettings(standing, withGroupPolicies(policies, only(tried.policiesAfter, standing.groupPolicies))),
  };
}

const only = (policies: readonly GroupPolicyRow[], ids: ReadonlySet<string>): GroupPolicyRow[] =>
  policies.filter(({ id }) => ids.has(id));

const lost = (before: AccountRights, after: AccountRights): AccountSettingName[] =>
  accountPermissions.filter((name) => before.settings[name].value && !after.settings[name].value);

const isOther = (name: AccountSettingName, before: AccountRights, after: AccountRights): boolean =>
  !Bun.deepEquals(before.settings[name].value, after.settings[name].value);

const rowsOf = (before: AccountRights, after: AccountRights) =>
  accountSettingNames.map((name) => ({
    name,
    before: before.settings[name].value as unknown,
    after: after.settings[name].value as unknown,
    isChanged: isOther(name, before, after),
  }));

/** Counts, setting by setting, for how many people it changes. */
class Effects {
  readonly #counts = new Map<AccountSettingName, { gained: number; lost: number; changed: number }>();

  add(before: AccountRights, after: AccountRights): void {
    for (const name of accountSettingNames.filter((one) => isOther(one, before, after))) {
      const counts = this.#counts.get(name) ?? { gained: 0, lost: 0, changed: 0 };
      const isPermission = (accountPermissions as readonly string[]).includes(name);
      if (!isPermission) counts.changed += 1;
      else if (after.settings[name].value === true) counts.gained += 1;
      else counts.lost += 1;
      this.#counts.set(name, counts);
    }
  }

  /** In the order pages show settings. */
  list(): SettingEffect[] {
    return accountSettingNames.flatMap((name) => {
      const counts = this.#counts.get(name);
      return counts === undefined ? [] : [{ name, ...counts }];
    });
  }
}
