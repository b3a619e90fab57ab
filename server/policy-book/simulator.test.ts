import { expect, test } from "bun:test";
import { permissionNames } from "../../protocol/permissions.ts";
import type { SessionRules } from "../../protocol/session-policy.ts";
import { simulate } from "../policy/simulate.ts";
import { Chance, randomNumbers, type RandomSite, randomSite } from "../test/random-site.ts";
import { readGlobalSessionPolicy, writeGlobalSessionPolicy } from "./site-rules.ts";

const SITES = 10;
const EDITS = 20;
const CASES = 50;

interface Case {
  readonly account: string;
  readonly jumpItem: string;
  /** What the simulator says, as JSON: every permission with its outcome and its path. */
  readonly told: string;
}

/** The simulator is asked with rules that are not saved. */
async function simulated(
  { site, accounts, jumpItems }: RandomSite,
  chance: Chance,
  edited: { sessionPolicy: string; rules: SessionRules },
) {
  const cases: Case[] = [];
  while (cases.length < CASES) {
    const [account, jumpItem] = [chance.pick(accounts), chance.pick(jumpItems)];
    const item = await site.jumpItem(jumpItem);
    const rights = await site.policyBook.rightsOf(account);
    const [policies, now] = [site.policyBook.current(), site.clock.now()];
    const { results } = simulate({ rights, jumpItem: item, presence: item.presence, policies, edited, now });
    cases.push({ account, jumpItem, told: JSON.stringify(results) });
  }
  return cases;
}

/** What happens: the gateway is asked about the stored Jump Item, by the stored policies. */
async function happening({ site }: RandomSite, { account, jumpItem }: Case): Promise<string> {
  const actor = await site.actor(account);
  const item = await site.jumpItem(jumpItem);
  return JSON.stringify(
    permissionNames.map((permission) => ({ permission, ...site.access.decide(actor, permission, item, true) })),
  );
}

async function save({ site }: RandomSite, sessionPolicy: string, rules: SessionRules): Promise<void> {
  if (sessionPolicy !== "global") await site.setRules(sessionPolicy, rules);
  else
    await site.database.transaction(async (tx) => {
      const { rules: before, version } = await readGlobalSessionPolicy(tx);
      const merged = { grants: { ...before.grants, ...rules.grants }, prompting: rules.prompting ?? before.prompting };
      await writeGlobalSessionPolicy(tx, { rules: merged, version: version + 1 });
    });
  await site.settle();
}

test("SPOL-08 what the simulator says of unsaved rules is what happens once they are saved, in 10,000 random cases", async () => {
  const chance = new Chance(randomNumbers(20_261_121));
  const outcomes = { allow: 0, ask: 0, deny: 0 };
  let compared = 0;
  for (let number = 0; number < SITES; number += 1) {
    const random = await randomSite(chance);
    await using _site = random.site;
    for (let edit = 0; edit < EDITS; edit += 1) {
      const edited = { sessionPolicy: chance.pick([...random.sessionPolicies, "global"]), rules: chance.rules() };
      const cases = await simulated(random, chance, edited);
      await save(random, edited.sessionPolicy, edited.rules);
      for (const one of cases) {
        const really = await happening(random, one);
        if (really !== one.told) expect(JSON.parse(one.told)).toEqual(JSON.parse(really));
        for (const { outcome } of JSON.parse(really) as { outcome: keyof typeof outcomes }[]) outcomes[outcome] += 1;
        compared += 1;
      }
    }
  }
  expect(compared).toBe(10_000);
  // The cases are of every kind.
  expect(Math.min(outcomes.allow, outcomes.ask, outcomes.deny)).toBeGreaterThan(2000);
}, 120_000);
