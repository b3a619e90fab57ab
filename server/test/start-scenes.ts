/** People who start sessions, and Jump Clients whose Jump Policy asks for something first. */
import type { DefinedSettings } from "../../protocol/account-settings.ts";
import type { StartNeeds } from "../../protocol/api/jump-items.ts";
import type { JumpRules } from "../../protocol/api/policies.ts";
import { newId } from "../new-id.ts";
import { START_SESSIONS_ROLE } from "../policy/built-in-roles.ts";
import { addJumpPolicy, assign } from "./policy-rows.ts";
import type { TestBrowser } from "./test-browser.ts";
import { addAccount, PASSWORD } from "./test-server.ts";
import type { TestSite } from "./test-site.ts";

/** What it takes to start sessions with every Jump Item. */
export const STARTING: DefinedSettings = {
  "console.use": true,
  "session.join": true,
  "session.end": true,
  systemJumpItemRole: START_SESSIONS_ROLE,
};

export interface Starter {
  readonly id: string;
  readonly name: string;
  /** Signed in to the console. */
  readonly browser: TestBrowser;
}

/** A new account, signed in to the console. */
export async function addStarter({ server }: TestSite, settings: DefinedSettings = STARTING): Promise<Starter> {
  const name = `person-${newId()}`;
  const id = await addAccount(server.core, name, settings);
  const browser = server.browser();
  await browser.signIn("console", name, PASSWORD);
  return { id, name, browser };
}

/** The id of a Jump Client under a Jump Policy of these rules. */
export async function addJumpClientUnder(site: TestSite, rules: Partial<JumpRules>): Promise<string> {
  const { agent } = await site.jumpClient();
  await assign(site.server.core, agent.jumpClient, { jump_policy: await addJumpPolicy(site.server.core, rules) });
  return agent.jumpClient;
}

/** What is missing before a session with the Jump Item starts. */
export const startNeedsOf = (browser: TestBrowser, jumpItem: string): Promise<StartNeeds> =>
  browser.json<StartNeeds>("GET", `/api/console/jump-items/${jumpItem}/start`);
