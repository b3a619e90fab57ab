/** What settings say of policies: the global session policy and what holds for every Jump Item. */
import { type Static, Type } from "@sinclair/typebox";
import { GlobalSessionPolicy } from "../../protocol/api/policies.ts";
import type { Queries, Tx } from "../database/database.ts";
import { fromTable } from "../database/from-table.ts";
import { defaultGlobalRules } from "../policy/default-rules.ts";
import type { Policies } from "../policy/policies.ts";
import { readSettingValue, writeSettingValue } from "./store.ts";

const GLOBAL = "globalSessionPolicy";
const JUMP = "jumpItems";

/** How Jump Items work on this site; a row of the settings table. */
export const JumpItemSettings = Type.Object({
  /** A customer is present only while the screen is neither locked nor saved (JUMP-32). */
  usesScreenState: Type.Boolean(),
  /** Where a Jump Policy does not say (POLICY-11). */
  allowsSimultaneousJumps: Type.Boolean(),
  /** Where a Jump Group does not say (FLEX-34). */
  hasEndpointTools: Type.Boolean(),
});
export type JumpItemSettings = Static<typeof JumpItemSettings>;
export const defaultJumpItemSettings: JumpItemSettings = {
  usesScreenState: true,
  allowsSimultaneousJumps: true,
  hasEndpointTools: false,
};

/** The last layer as it stands, every permission defined; version 1 is the one each site begins with. */
export async function readGlobalSessionPolicy(queries: Queries): Promise<Static<typeof GlobalSessionPolicy>> {
  const stored = await readSettingValue(queries, GLOBAL);
  if (stored === null) return { rules: defaultGlobalRules, version: 1 };
  const { rules, version } = fromTable(GlobalSessionPolicy, JSON.parse(stored));
  const grants = { ...defaultGlobalRules.grants, ...rules.grants };
  return { rules: { grants, prompting: rules.prompting ?? defaultGlobalRules.prompting }, version };
}

/** Writes it; who calls checks the version and tells the policy book after the commit. */
export async function writeGlobalSessionPolicy(tx: Tx, policy: Static<typeof GlobalSessionPolicy>): Promise<void> {
  await writeSettingValue(tx, GLOBAL, JSON.stringify(policy));
}

/** The rules of the last layer, complete. */
export async function readGlobalRules(queries: Queries): Promise<Policies["globalRules"]> {
  const { rules } = await readGlobalSessionPolicy(queries);
  const { prompting } = rules;
  return {
    grants: { ...defaultGlobalRules.grants, ...rules.grants },
    prompting: prompting ?? defaultGlobalRules.prompting,
  };
}

export async function readJumpItemSettings(queries: Queries): Promise<JumpItemSettings> {
  const stored = await readSettingValue(queries, JUMP);
  return fromTable(JumpItemSettings, { ...defaultJumpItemSettings, ...(stored === null ? {} : JSON.parse(stored)) });
}

/** Writes them; who calls tells the policy book after the commit. */
export async function writeJumpItemSettings(tx: Tx, settings: JumpItemSettings): Promise<void> {
  await writeSettingValue(tx, JUMP, JSON.stringify(settings));
}
