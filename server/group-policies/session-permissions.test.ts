import { afterAll, beforeAll, expect, test } from "bun:test";
import type { DefinedSettings, PolicySettings } from "../../protocol/account-settings.ts";
import type { SessionPermission } from "../../protocol/permissions.ts";
import type { SessionGrants } from "../../protocol/session-policy.ts";
import { decide } from "../policy/decide.ts";
import { representativeSettings } from "../policy/preset-settings.ts";
import { GROUP_POLICIES, makePolicy, type MadePolicy, member, USERS } from "../test/account-scenes.ts";
import { addJumpGroup } from "../test/policy-rows.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { ALLOW, DENY } from "../test/test-policies.ts";
import { addAccount, noRooms, startTestServer, type TestServer } from "../test/test-server.ts";

/** What users' and group policies' choices of session permissions come to, set by the API and asked of decide(). */
let site: TestServer;
let anna: TestBrowser;
let desks: string;
beforeAll(async () => {
  site = await startTestServer({ openRooms: noRooms });
  anna = await site.administrator();
  desks = await addJumpGroup(site.core, "Desks");
});
afterAll(() => site[Symbol.asyncDispose]());

const custom = (grants: SessionGrants) => ({ kind: "custom", rules: { grants, prompting: null } }) as const;
const forPolicy = (grants: SessionGrants, isFinal = false): PolicySettings => ({
  attendedSessionPolicy: { value: custom(grants), isFinal },
});
const pinner: DefinedSettings = { ...representativeSettings, systemJumpItemRole: "AAAAAAAAAAAAAAAAAAAAAA" };

async function outcome(account: string, permission: SessionPermission, presence: "present" | "absent" = "present") {
  const { core } = site;
  const rights = await core.policyBook.rightsOf(account);
  const places = { jumpGroup: desks, jumpPolicy: null, presentPolicy: null, absentPolicy: null };
  return decide({
    actor: { rights, scopes: null, kind: "representative", isSessionOwner: true },
    jumpItem: { id: "pc", ...places, presence },
    permission,
    policies: core.policyBook.current(),
    now: new Date(),
  }).outcome;
}
const setOwn = async (account: string, version: number, settings: DefinedSettings) =>
  await anna.json("PATCH", `${USERS}/${account}`, { version, settings });
const setPolicy = async ({ id, version }: MadePolicy, settings: PolicySettings): Promise<MadePolicy> =>
  await anna.json<MadePolicy>("PATCH", `${GROUP_POLICIES}/${id}`, { version, settings });

test("SPOL-03 a group policy's attended permissions hold for its members below their own, and above all when final", async () => {
  const rosa = await addAccount(site.core, "rosa", representativeSettings);
  expect(await outcome(rosa, "shell.use")).toBe("allow");
  let policy = await makePolicy(anna, "Desk", { settings: forPolicy({ "shell.use": DENY }), members: [member(rosa)] });
  expect(await outcome(rosa, "shell.use")).toBe("deny");
  expect(await outcome(rosa, "shell.use", "absent")).toBe("allow");
  await setOwn(rosa, 1, { ...representativeSettings, attendedSessionPolicy: custom({ "shell.use": ALLOW }) });
  expect(await outcome(rosa, "shell.use")).toBe("allow");
  policy = await setPolicy(policy, forPolicy({ "shell.use": DENY }, true));
  expect(await outcome(rosa, "shell.use")).toBe("deny");
  await setPolicy(policy, {});
  expect(await outcome(rosa, "shell.use")).toBe("allow");
});

test("PIN-07 PIN-09 PIN-10 pinning is allowed or denied for a user, or for all members of a group policy", async () => {
  const [karl, lena] = [await addAccount(site.core, "karl", pinner), await addAccount(site.core, "lena", pinner)];
  const pin = (grant: typeof ALLOW | typeof DENY) => forPolicy({ "jump-clients.pin": grant });
  let policy = await makePolicy(anna, "Pins", { settings: pin(DENY), members: [member(karl), member(lena)] });
  expect(await Promise.all([outcome(karl, "jump-clients.pin"), outcome(lena, "jump-clients.pin")])).toEqual([
    "deny",
    "deny",
  ]);
  await setOwn(karl, 1, { ...pinner, attendedSessionPolicy: custom({ "jump-clients.pin": ALLOW }) });
  expect(await Promise.all([outcome(karl, "jump-clients.pin"), outcome(lena, "jump-clients.pin")])).toEqual([
    "allow",
    "deny",
  ]);
  policy = await setPolicy(policy, pin(ALLOW));
  await setOwn(karl, 2, pinner);
  expect(await Promise.all([outcome(karl, "jump-clients.pin"), outcome(lena, "jump-clients.pin")])).toEqual([
    "allow",
    "allow",
  ]);
});
