import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { SessionGrants } from "../../protocol/session-policy.ts";
import { decide } from "../policy/decide.ts";
import { StoredSite } from "../test/stored-site.ts";
import { ALLOW, DENY } from "../test/test-policies.ts";
import { readGlobalSessionPolicy, writeGlobalSessionPolicy } from "./site-rules.ts";

let site: StoredSite;
/** Sees, starts and creates Jump Items. */
let deploys: string;
let desks: string;
let pc: string;

beforeAll(async () => {
  site = await StoredSite.open();
  deploys = await site.role("jump-items.view", "session.start", "jump-items.create");
  desks = await site.jumpGroup();
  pc = (await site.jumpItems(desks, 1))[0]!;
  await site.leave(pc);
  await site.settle();
});
afterAll(() => site[Symbol.asyncDispose]());

const custom = (grants: SessionGrants) => ({ kind: "custom", rules: { grants, prompting: null } }) as const;
const pins = (grant: typeof ALLOW | typeof DENY) => ({ "jump-clients.pin": grant });
/** Somebody who may use the console and reaches every Jump Item by the role. */
const rep = (own: DefinedSettings = {}) => site.account({ "console.use": true, systemJumpItemRole: deploys, ...own });
const may = async (account: string, isSessionOwner = true) => {
  await site.settle();
  return await site.outcome(account, "jump-clients.pin", pc, isSessionOwner);
};

describe("pinning a Jump Client during a session", () => {
  test("PIN-06 PIN-07 PIN-09 it needs its permission, which a user may have of their own, for any session they own", async () => {
    const without = await rep();
    const given = await rep({ unattendedSessionPolicy: custom(pins(ALLOW)) });
    expect([await may(without), await may(given)]).toEqual(["deny", "allow"]);
    const other = (await site.jumpItems(await site.jumpGroup(), 1))[0]!;
    await site.leave(other);
    await site.settle();
    expect(await site.outcome(given, "jump-clients.pin", other)).toBe("allow");
  });

  test("PIN-07 PIN-10 a group policy gives it to all its members and to nobody else", async () => {
    const [one, two, stranger] = [await rep(), await rep(), await rep()];
    const settings = { unattendedSessionPolicy: { value: custom(pins(ALLOW)), isFinal: false } };
    await site.groupPolicy({ settings, members: [one, two] });
    expect([await may(one), await may(two), await may(stranger)]).toEqual(["allow", "allow", "deny"]);
  });

  test("PIN-07 PIN-11 a session policy that allows it does nothing until it is assigned", async () => {
    const policy = await site.sessionPolicy({ grants: pins(ALLOW), prompting: null });
    const account = await rep();
    expect(await may(account)).toBe("deny");
    const settings = { unattendedSessionPolicy: { value: { kind: "policy", id: policy }, isFinal: false } } as const;
    await site.groupPolicy({ settings, members: [account] });
    expect(await may(account)).toBe("allow");
  });

  test("PIN-08 allowed, denied or not defined; not defined falls to the weaker policy, at last to the global one", async () => {
    const account = await rep();
    const give = (grants: SessionGrants) =>
      site.groupPolicy({
        settings: { unattendedSessionPolicy: { value: custom(grants), isFinal: false } },
        members: [account],
      });
    await give(pins(ALLOW));
    expect(await may(account)).toBe("allow");
    await give({});
    expect(await may(account)).toBe("allow");
    await give(pins(DENY));
    expect(await may(account)).toBe("deny");
    const undefinedOnes = await rep({ unattendedSessionPolicy: custom({}) });
    expect(await may(undefinedOnes)).toBe("deny");
    const { rules, version } = await readGlobalSessionPolicy(site.database.queries);
    const global = (grants: SessionGrants) => ({
      rules: { ...rules, grants: { ...rules.grants, ...grants } },
      version,
    });
    await site.database.transaction((tx) => writeGlobalSessionPolicy(tx, global(pins(ALLOW))));
    expect([await may(undefinedOnes), await may(account)]).toEqual(["allow", "deny"]);
    await site.database.transaction((tx) => writeGlobalSessionPolicy(tx, global(pins(DENY))));
    expect(await may(undefinedOnes)).toBe("deny");
  });

  test("PIN-12 only who owns the session may, whatever policy says; nobody without an account ever", async () => {
    const account = await rep({ unattendedSessionPolicy: custom(pins(ALLOW)) });
    expect(await may(account, false)).toBe("deny");
    const decision = await site.decide(account, "jump-clients.pin", pc, false);
    expect(decision.because).toEqual({ rule: "not-owner", permission: "jump-clients.pin" });
    const rights = await site.policyBook.rightsOf(account);
    const actor = { rights, scopes: null, kind: "external", isSessionOwner: true } as const;
    const [policies, jumpItem] = [site.policyBook.current(), await site.jumpItem(pc)];
    const external = decide({ actor, permission: "jump-clients.pin", jumpItem, policies, now: site.clock.now() });
    expect(external).toEqual({ outcome: "deny", because: { rule: "external-never", permission: "jump-clients.pin" } });
  });

  test("PIN-13 a Jump Client's own session policy that allows it beats every denial elsewhere, and one that denies every allowance", async () => {
    const denied = await rep({ unattendedSessionPolicy: custom(pins(DENY)) });
    const allowed = await rep({ unattendedSessionPolicy: custom(pins(ALLOW)) });
    const own = (await site.jumpItems(await site.jumpGroup(), 1))[0]!;
    await site.leave(own);
    const assign = async (grant: typeof ALLOW | typeof DENY) => {
      const absent_policy = await site.sessionPolicy({ grants: pins(grant), prompting: null });
      await site.database.queries.updateTable("jump_clients").set({ absent_policy }).where("id", "=", own).execute();
      await site.settle();
    };
    await assign(ALLOW);
    expect(await site.outcome(denied, "jump-clients.pin", own)).toBe("allow");
    expect(await site.outcome(denied, "jump-clients.pin", pc)).toBe("deny");
    await assign(DENY);
    expect(await site.outcome(allowed, "jump-clients.pin", own)).toBe("deny");
  });

  test("SPOL-11 at least one Jump Item Role must let create Jump Items", async () => {
    const starts = await site.role("jump-items.view", "session.start");
    const unattendedSessionPolicy = custom(pins(ALLOW));
    const account = await rep({ unattendedSessionPolicy, systemJumpItemRole: starts });
    expect(await may(account)).toBe("deny");
    expect((await site.decide(account, "jump-clients.pin", pc)).because).toMatchObject({ needed: "jump-items.create" });
    await site.setOwn(account, {
      "console.use": true,
      unattendedSessionPolicy,
      systemJumpItemRole: starts,
      personalJumpItemRole: deploys,
    });
    expect(await may(account)).toBe("allow");
  });
});

describe("SPOL-09 SPOL-10 the order of group policies", () => {
  const order = async (upperIsFinal: boolean): Promise<(string | boolean)[]> => {
    const account = await rep();
    const member = { members: [account] };
    const strict = { unattendedSessionPolicy: { value: custom({ "shell.use": DENY }), isFinal: upperIsFinal } };
    await site.groupPolicy({
      settings: { ...strict, "users.view": { value: true, isFinal: upperIsFinal } },
      ...member,
    });
    const generous = { unattendedSessionPolicy: { value: custom({ "shell.use": ALLOW }), isFinal: false } };
    await site.groupPolicy({ settings: { ...generous, "users.view": { value: false, isFinal: false } }, ...member });
    await site.settle();
    return [await site.outcome(account, "shell.use", pc), await site.outcome(account, "users.view", null)];
  };

  test("SPOL-09 a lower policy overrides an upper one that allows it, else the upper one stands", async () => {
    expect(await order(false)).toEqual(["allow", "deny"]);
    expect(await order(true)).toEqual(["deny", "allow"]);
  });

  test("SPOL-09 moving a policy up or down changes what holds", async () => {
    const account = await rep();
    const settings = (value: boolean) => ({ "users.view": { value, isFinal: false } });
    const first = await site.groupPolicy({ settings: settings(true), members: [account] });
    await site.groupPolicy({ settings: settings(false), members: [account] });
    await site.settle();
    expect(await site.outcome(account, "users.view", null)).toBe("deny");
    await site.database.queries.updateTable("group_policies").set({ position: 9999 }).where("id", "=", first).execute();
    await site.settle();
    expect(await site.outcome(account, "users.view", null)).toBe("allow");
  });
});

test("BG-10 configuring background tools is one permission, launching them another, each for whom it is given", async () => {
  const helpDesk = await rep({ unattendedSessionPolicy: custom({ "background-tools.launch": ALLOW }) });
  const manager = await rep({
    "background-tools.configure": true,
    unattendedSessionPolicy: custom({ "background-tools.launch": ALLOW }),
  });
  const plain = await rep();
  await site.settle();
  const both = async (account: string) => [
    await site.outcome(account, "background-tools.configure", null),
    await site.outcome(account, "background-tools.launch", pc),
  ];
  expect(await both(plain)).toEqual(["deny", "deny"]);
  expect(await both(helpDesk)).toEqual(["deny", "allow"]);
  expect(await both(manager)).toEqual(["allow", "allow"]);
});

describe("whom a group policy reaches", () => {
  test("everybody a provider says is in a group, as long as it says so", async () => {
    const account = await rep();
    const provider = "p".repeat(22);
    const config = {
      kind: "ldap",
      name: "Directory",
      is_enabled: 1,
      position: 1,
      config: "{}",
      mapping: "{}",
    } as const;
    const rest = {
      email_domains: "[]",
      secrets: "",
      was_used_by_administrator: 0,
      created_at: "",
      version: 1,
    } as const;
    const { queries } = site.database;
    await queries
      .insertInto("providers")
      .values({ id: provider, ...config, ...rest })
      .execute();
    const policy = await site.groupPolicy({ settings: { "audit.view": { value: true, isFinal: false } } });
    const named = { group_policy: policy, provider, group_name: "auditors" };
    await queries.insertInto("group_policy_provider_groups").values(named).execute();
    const isAllowed = async () => {
      await site.settle();
      return await site.outcome(account, "audit.view", null);
    };
    expect(await isAllowed()).toBe("deny");
    const membership = { representative: account, provider, group_name: "auditors" };
    await queries.insertInto("external_groups").values(membership).execute();
    expect(await isAllowed()).toBe("allow");
    await queries.deleteFrom("external_groups").where("representative", "=", account).execute();
    expect(await isAllowed()).toBe("deny");
  });

  test("JUMP-07 a lead sees members' lists and a manager leads' too, whether named or put into the team by a group policy", async () => {
    const own = { "console.use": true, "jump-items.see-team-lists": true };
    const [manager, lead, member, byPolicy] = [
      await site.account(own),
      await site.account(own),
      await site.account(own),
      await site.account(own),
    ];
    const team = await site.team(
      new Map([
        [manager, "manager"],
        [lead, "lead"],
        [member, "member"],
      ]),
    );
    await site.groupPolicy({ members: [byPolicy], teams: new Map([[team, "member"]]) });
    const lists = new Map<string, string>();
    for (const owner of [manager, lead, member, byPolicy]) {
      const [item] = await site.jumpItems(await site.jumpGroup({ owner }), 1);
      lists.set(owner, item!);
    }
    await site.settle();
    const sees = async (account: string) => {
      const seen: string[] = [];
      for (const [owner, item] of lists)
        if ((await site.outcome(account, "jump-items.view", item)) === "allow") seen.push(owner);
      return seen;
    };
    expect(await sees(manager)).toEqual([lead, member, byPolicy]);
    expect(await sees(lead)).toEqual([member, byPolicy]);
    expect(await sees(member)).toEqual([]);
    expect(await sees(byPolicy)).toEqual([]);
  });
});
