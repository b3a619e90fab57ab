/** How long a permission decision takes on a large site, and whether anybody notices that its policies are read anew. */
import type { Tx } from "../../server/database/database.ts";
import { deciding } from "../../server/actor.ts";
import { decide, type DecisionActor } from "../../server/policy/decide.ts";
import type { AccountRights, DecisionJumpItem, Policies } from "../../server/policy/policies.ts";
import { StoredSite } from "../../server/test/stored-site.ts";
import { newId } from "../../server/new-id.ts";
import { permissionNames } from "../../protocol/permissions.ts";
import { longestHold } from "./event-loop.ts";
import { type Bench, type Measurement, quantile } from "./measurement.ts";

const ACCOUNTS = 10_000;
const GROUP_POLICIES = 200;
const JUMP_GROUPS = 5000;
const JUMP_GROUPS_A_POLICY = 500;
const DECISIONS = 100_000;
const AT = "2026-11-21T00:00:00.000Z";

interface LargeSite {
  readonly site: StoredSite;
  readonly jumpGroups: readonly string[];
  readonly policies: readonly string[];
  readonly accounts: readonly string[];
}

/** Every account has two group policies; each policy names a tenth of the Jump Groups. */
async function largeSite(): Promise<LargeSite> {
  const site = await StoredSite.open();
  const role = await site.role("jump-items.view", "session.start");
  const jumpGroups = Array.from({ length: JUMP_GROUPS }, () => newId<string>());
  const policies = Array.from({ length: GROUP_POLICIES }, () => newId<string>());
  const accounts = Array.from({ length: ACCOUNTS }, () => newId<string>());
  await site.database.transaction(async (tx) => {
    for (const id of jumpGroups) await addJumpGroup(tx, id);
    for (const [index, id] of policies.entries()) await addPolicy(tx, id, index, role, jumpGroups);
    for (const [index, id] of accounts.entries()) await addAccount(tx, id, index, policies);
  });
  await site.settle();
  return { site, jumpGroups, policies, accounts };
}

async function addJumpGroup(tx: Tx, id: string): Promise<void> {
  await tx
    .insertInto("jump_groups")
    .values({ id, name: id, comments: "", created_at: AT, owner: null, endpoint_tools: null })
    .execute();
}

async function addPolicy(
  tx: Tx,
  id: string,
  index: number,
  role: string,
  jumpGroups: readonly string[],
): Promise<void> {
  const rules = { grants: { "files.delete": { value: "deny", isAsked: false } }, prompting: null };
  const settings = {
    "users.view": { value: index % 2 === 0, isFinal: false },
    unattendedSessionPolicy: { value: { kind: "custom", rules }, isFinal: false },
  };
  const row = {
    id,
    position: index,
    name: id,
    description: "",
    settings: JSON.stringify(settings),
    created_at: AT,
    version: 1,
  };
  await tx.insertInto("group_policies").values(row).execute();
  for (let number = 0; number < JUMP_GROUPS_A_POLICY; number += 1) {
    const jump_group = jumpGroups[(index * 37 + number * 11) % JUMP_GROUPS]!;
    await tx
      .insertInto("group_policy_jump_groups")
      .values({ group_policy: id, jump_group, role })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function addAccount(tx: Tx, id: string, index: number, policies: readonly string[]): Promise<void> {
  const row = { id, username: id, display_name: id, settings: JSON.stringify({ "console.use": true }) };
  const rest = {
    password_hash: "",
    is_disabled: 0,
    failed_sign_ins: 0,
    password_changed_at: AT,
    created_at: AT,
  } as const;
  await tx
    .insertInto("representatives")
    .values({ ...row, ...rest })
    .execute();
  for (const policy of new Set([policies[index % GROUP_POLICIES]!, policies[(index * 7 + 1) % GROUP_POLICIES]!]))
    await tx.insertInto("group_policy_users").values({ group_policy: policy, representative: id }).execute();
}

/** Nanoseconds of each call. */
function timed(count: number, work: (index: number) => void): number[] {
  const samples: number[] = [];
  for (let index = -count / 10; index < count; index += 1) {
    const start = Bun.nanoseconds();
    work(Math.abs(index));
    if (index >= 0) samples.push(Bun.nanoseconds() - start);
  }
  return samples;
}

const microseconds = (samples: readonly number[]): number => quantile(samples, 0.99) / 1000;

function jumpItemOf(jumpGroups: readonly string[], index: number): DecisionJumpItem {
  const jumpGroup = jumpGroups[(index * 13) % jumpGroups.length]!;
  return { id: "a", jumpGroup, jumpPolicy: null, presentPolicy: null, absentPolicy: null, presence: "absent" };
}

/** The account that every group policy reaches: the worst there can be. */
async function worstAccount({ site, policies, accounts }: LargeSite): Promise<string> {
  const account = accounts[0]!;
  await site.database.transaction(async (tx) => {
    for (const group_policy of policies)
      await tx
        .insertInto("group_policy_users")
        .values({ group_policy, representative: account })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
  });
  await site.settle();
  return account;
}

async function measure(): Promise<Measurement[]> {
  const large = await largeSite();
  await using site = large.site;
  const account = await worstAccount(large);
  const compiling: number[] = [];
  for (let time = 0; time < 20; time += 1) {
    await site.settle();
    const start = performance.now();
    await site.policyBook.rightsOf(account);
    compiling.push(performance.now() - start);
  }
  const rights = await site.policyBook.rightsOf(account);
  const actor = deciding({ rights, scopes: null });
  const reload = await longestHold(() => site.settle());
  return [...decisions(actor, large, site.policyBook.current()), ...readings(compiling, reload, rights)];
}

function decisions(actor: DecisionActor, { jumpGroups }: LargeSite, policies: Policies): Measurement[] {
  const now = new Date();
  const method = `${GROUP_POLICIES} group policies that all reach the account, ${JUMP_GROUPS} Jump Groups; ${DECISIONS} calls in turn over every permission and Jump Group, one process`;
  const any = timed(DECISIONS, (index) => {
    const permission = permissionNames[index % permissionNames.length]!;
    decide({ actor, permission, jumpItem: jumpItemOf(jumpGroups, index), policies, now });
  });
  const signIn = timed(DECISIONS, () => {
    decide({ actor, permission: "console.use", jumpItem: null, policies, now });
  });
  return [
    { name: "a permission decision, p99", value: microseconds(any), unit: "us", goal: { atMost: 50 }, method },
    {
      name: "the decision of a sign-in check, p99",
      value: microseconds(signIn),
      unit: "us",
      goal: { atMost: 10 },
      method: `as before, console.use, ${DECISIONS} calls`,
    },
  ];
}

function readings(
  compiling: readonly number[],
  reload: { readonly holdMs: number; readonly tookMs: number },
  rights: AccountRights,
): Measurement[] {
  const site = `${ACCOUNTS} accounts, ${GROUP_POLICIES} group policies of ${JUMP_GROUPS_A_POLICY} Jump Groups, ${JUMP_GROUPS} Jump Groups`;
  return [
    {
      name: "an account's rights worked out anew, p95",
      value: quantile(compiling, 0.95),
      unit: "ms",
      goal: { atMost: 50 },
      method: `${site}; the account is in all of them and so in ${rights.jumpGroups.size} Jump Groups; ${compiling.length} times`,
    },
    {
      name: "event loop held while policies are read anew, longest",
      value: reload.holdMs,
      unit: "ms",
      goal: { atMost: 50 },
      method: `${site}; one reading`,
    },
    { name: "policies read anew", value: reload.tookMs, unit: "ms", method: `${site}; one reading` },
  ];
}

export const permissionDecisions: Bench = { name: "decisions", run: measure };
