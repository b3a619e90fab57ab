/**
 * The account of one self-test. Nobody has its password, and it holds what the test needs for as long as that runs: the
 * server checks it as any other, so the test goes the way of people and opens no way of its own.
 */
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { InstallerFile } from "../../protocol/hello.ts";
import type { JumpGroupId, RepresentativeId } from "../../protocol/ids.ts";
import type { Core } from "../core.ts";
import { installersOf } from "../installers/site-facts.ts";
import { newId } from "../new-id.ts";
import { START_SESSIONS_ROLE } from "../policy/built-in-roles.ts";
import { newToken } from "../sign-in/token.ts";
import { deleteTraces, insertTestGroup, readTraces, type Traces, writeTraces } from "./store.ts";

const GROUP_NAME = "Appliance self-test";
const StoredTraces = Type.Object({ account: Type.String(), jumpGroup: Type.String() });

const rules = { grants: { "shell.use": { value: "allow", isAsked: false } }, prompting: null } as const;
const settings: DefinedSettings = {
  "console.use": true,
  "session.join": true,
  "session.end": true,
  "jump-clients.manage": true,
  systemJumpItemRole: START_SESSIONS_ROLE,
  attendedSessionPolicy: { kind: "custom", rules },
  unattendedSessionPolicy: { kind: "custom", rules },
};

/** What the test goes in with; removing it takes every trace but the audit log's away. */
export interface TestAccount extends AsyncDisposable {
  /** Tokens of its sign-ins. */
  readonly consoleToken: string;
  readonly loginToken: string;
  readonly installer: InstallerFile;
  /** Where its Jump Client comes; nobody else's is there. */
  readonly jumpGroup: string;
}

/** Makes it, after taking away what an earlier test that was cut off has left. */
export async function openTestAccount(core: Core, endpointsPort: number): Promise<TestAccount> {
  await removeLeftovers(core);
  const passwordHash = await core.hasher.hash(newToken());
  const jumpGroup = newId<JumpGroupId>();
  const at = core.clock.now().toISOString();
  const made = await core.database.transaction(async (tx) => {
    await insertTestGroup(tx, jumpGroup, GROUP_NAME, at);
    const username = `self-test-${jumpGroup.toLowerCase()}`;
    const wish = { username, displayName: GROUP_NAME, settings };
    const { id } = await core.representatives.insert(tx, { kind: "system" }, wish, passwordHash);
    await writeTraces(tx, { account: id, jumpGroup });
    const signIn = { representative: id, address: "127.0.0.1", userAgent: GROUP_NAME, method: "self-test" };
    const consoleToken = await core.signIns.create(tx, { ...signIn, area: "console", previousSignInAt: null });
    const loginToken = await core.signIns.create(tx, { ...signIn, area: "login", previousSignInAt: null });
    return { account: id as RepresentativeId, consoleToken, loginToken };
  });
  const traces = { account: made.account, jumpGroup };
  try {
    const installer = await installersOf(core, () => endpointsPort).createLocal(1, jumpGroup);
    const { consoleToken, loginToken } = made;
    return { consoleToken, loginToken, installer, jumpGroup, [Symbol.asyncDispose]: () => removeTraces(core, traces) };
  } catch (error) {
    await removeTraces(core, traces);
    throw error;
  }
}

/** What a test left that was cut off: a power cut in the middle of one. */
export async function removeLeftovers(core: Core): Promise<void> {
  const text = await readTraces(core.database.queries);
  if (text === null) return;
  const traces: Static<typeof StoredTraces> = Value.Parse(StoredTraces, JSON.parse(text));
  await removeTraces(core, traces);
}

async function removeTraces(core: Core, traces: Traces): Promise<void> {
  await core.database.transaction(async (tx) => {
    await deleteTraces(tx, traces);
    const object = { kind: "user", id: traces.account, name: GROUP_NAME };
    const event = { action: "user.deleted", outcome: "succeeded", actor: { kind: "system" }, object } as const;
    await core.audit.record(tx, event);
  });
}
