/** A site with everything in it at random, written to its database: for properties that hold whatever there is. */
import type { DefinedSettings, PolicySettings, SessionPolicyChoice } from "../../protocol/account-settings.ts";
import {
  accountPermissions,
  type JumpItemPermission,
  jumpItemPermissions,
  sessionPermissions,
} from "../../protocol/permissions.ts";
import type { SessionGrant, SessionRules } from "../../protocol/session-policy.ts";
import type { TeamRole } from "../../protocol/api/users.ts";
import { StoredSite } from "./stored-site.ts";

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Chance {
  constructor(private readonly next: () => number) {}

  of(probability: number): boolean {
    return this.next() < probability;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(things: readonly T[]): T {
    const thing = things[this.below(things.length)];
    if (thing === undefined) throw new Error("nothing to pick from");
    return thing;
  }

  some<T>(things: readonly T[], probability: number): T[] {
    return things.filter(() => this.of(probability));
  }

  /** A session policy's rules, with a good part not defined. */
  rules(defined = 0.4): SessionRules {
    const grant = (): SessionGrant => ({ value: this.of(0.6) ? "allow" : "deny", isAsked: this.of(0.3) });
    const grants = Object.fromEntries(this.some(sessionPermissions, defined).map((name) => [name, grant()]));
    const whenUnanswered = this.of(0.5) ? "allow" : "deny";
    return { grants, prompting: this.of(0.5) ? { timeoutSeconds: 5 + this.below(595), whenUnanswered } : null };
  }
}

export interface RandomSite {
  readonly site: StoredSite;
  readonly accounts: readonly string[];
  readonly jumpItems: readonly string[];
  readonly sessionPolicies: readonly string[];
}

/** About 25 accounts, 12 group policies, 10 Jump Groups with 20 Jump Items; the caller disposes the site. */
export async function randomSite(chance: Chance): Promise<RandomSite> {
  const site = await StoredSite.open();
  const sessionPolicies = await times(6, () => site.sessionPolicy(chance.rules()));
  const roles = await times(5, () => site.role(...chance.some<JumpItemPermission>(jumpItemPermissions, 0.5)));
  const wishes = { chance, sessionPolicies, roles };
  const accounts = await times(25, () => site.account(randomSettings(wishes)));
  const jumpGroups = await addJumpGroups(site, chance, accounts);
  const teams = await times(3, () =>
    site.team(new Map(chance.some(accounts, 0.2).map((id) => [id, anyTeamRole(chance)]))),
  );
  for (let index = 0; index < 12; index += 1)
    await site.groupPolicy({
      settings: finalAtRandom(randomSettings(wishes), chance),
      members: chance.some(accounts, 0.3),
      jumpGroups: new Map(chance.some(jumpGroups, 0.3).map((id) => [id, chance.of(0.3) ? null : chance.pick(roles)])),
      teams: new Map(chance.some(teams, 0.2).map((id) => [id, anyTeamRole(chance)])),
    });
  for (const jumpGroup of jumpGroups)
    for (const account of chance.some(accounts, 0.15))
      await site.jumpGroupUser(jumpGroup, account, chance.of(0.3) ? null : chance.pick(roles));
  const jumpItems = await addJumpItems(site, jumpGroups, wishes);
  await site.settle();
  return { site, accounts, jumpItems, sessionPolicies };
}

interface Wishes {
  readonly chance: Chance;
  readonly sessionPolicies: readonly string[];
  readonly roles: readonly string[];
}

async function times<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count) made.push(await make());
  return made;
}

const anyTeamRole = (chance: Chance): TeamRole => chance.pick(["member", "lead", "manager"]);

/** Every setting is defined by about a third, "administrator" by few. */
function randomSettings({ chance, sessionPolicies, roles }: Wishes): DefinedSettings {
  const ordinary = accountPermissions.filter((name) => name !== "site.administer" && name !== "console.use");
  const settings: Record<string, unknown> = {};
  for (const name of chance.some(ordinary, 0.3)) settings[name] = chance.of(0.7);
  if (chance.of(0.05)) settings["site.administer"] = chance.of(0.5);
  if (chance.of(0.8)) settings["console.use"] = chance.of(0.9);
  for (const kind of ["default", "personal", "team", "system"])
    if (chance.of(0.4)) settings[`${kind}JumpItemRole`] = chance.of(0.2) ? null : chance.pick(roles);
  for (const kind of ["attended", "unattended"])
    if (chance.of(0.5)) settings[`${kind}SessionPolicy`] = chance.of(0.1) ? null : choice(chance, sessionPolicies);
  if (chance.of(0.05)) settings["signInSchedule"] = { timeZone: "Asia/Kolkata", windows: [] };
  return settings;
}

const choice = (chance: Chance, sessionPolicies: readonly string[]): SessionPolicyChoice =>
  chance.of(0.6) ? { kind: "policy", id: chance.pick(sessionPolicies) } : { kind: "custom", rules: chance.rules() };

function finalAtRandom(settings: DefinedSettings, chance: Chance): PolicySettings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, { value, isFinal: chance.of(0.2) }]),
  );
}

async function addJumpGroups(site: StoredSite, chance: Chance, accounts: readonly string[]): Promise<string[]> {
  const owners = accounts.slice(0, 3);
  const groups = await times(7, () =>
    site.jumpGroup({
      assistance: chance.pick(["both", "both", "attended", "unattended"]),
      endpoint_tools: chance.pick([null, 0, 1]),
    }),
  );
  for (const owner of owners) groups.push(await site.jumpGroup({ owner }));
  return groups;
}

async function addJumpItems(site: StoredSite, jumpGroups: readonly string[], { chance, sessionPolicies }: Wishes) {
  const jumpItems: string[] = [];
  const some = (): string | null => (chance.of(0.5) ? chance.pick(sessionPolicies) : null);
  for (const jumpGroup of jumpGroups)
    for (const id of await site.jumpItems(jumpGroup, 2)) {
      jumpItems.push(id);
      const policies = { present_policy: some(), absent_policy: some() };
      await site.database.queries.updateTable("jump_clients").set(policies).where("id", "=", id).execute();
      if (chance.of(0.5)) await site.leave(id);
    }
  return jumpItems;
}
