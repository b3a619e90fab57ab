/**
 * What is open follows the policies: with each change every channel whose permission is gone closes, every view is sent
 * with what is allowed now, and whoever may not use the console any more is signed out of it, with the reason (NA38).
 */
import type { ChannelKind } from "../../protocol/channel.ts";
import type { Because } from "../../protocol/decision.ts";
import type { Refusal } from "../../protocol/errors.ts";
import { tools } from "../../protocol/messages.ts";
import type { ToolSpec } from "../../protocol/messages/message.ts";
import type { Permission } from "../../protocol/permissions.ts";
import type { AccountRights } from "../policy/policies.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";
import type { GatewayAgentLinks } from "./agent-links.ts";
import type { ConsoleEnd } from "./console-end.ts";
import type { GatewayParts } from "./gateway-parts.ts";

/** So long may one turn of the event loop take; the rest waits for the next, so that keys and pictures come through. */
const TURN_MS = 5;
/** After a failure. */
const RETRY_MS = 1000;

/** The permission a channel of this kind hangs on: that of the tool that opens it. */
const permissionOfChannel: Partial<Record<ChannelKind, Permission>> = Object.fromEntries(
  Object.values<ToolSpec>(tools).flatMap(({ opens, access }) =>
    opens === null || access === null ? [] : [[opens, access]],
  ),
);

export interface LivePermissionsNeeds {
  readonly parts: GatewayParts;
  readonly agentLinks: GatewayAgentLinks;
  /** Ends every sign-in of an account to the console. */
  endConsoles(account: string, why: Refusal): Promise<void>;
}

export class LivePermissions implements Disposable {
  readonly #needs: LivePermissionsNeeds;
  /** What each console was shown last of each session, so that a change that changes nothing sends nothing. */
  readonly #shown = new WeakMap<ConsoleEnd, Map<string, string>>();
  #isRunning = false;
  #isAskedAgain = false;
  #isDisposed = false;
  #turnBeganMs = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(needs: LivePermissionsNeeds) {
    this.#needs = needs;
  }

  /** Decides everything anew. Called while it runs, it runs once more afterwards. */
  reconsider(): void {
    this.#isAskedAgain = true;
    if (this.#isRunning || this.#isDisposed) return;
    this.#isRunning = true;
    this.#run()
      .catch((error: unknown) => {
        // What was taken away must not stay open: it is tried until it is done.
        this.#retry = setTimeout(() => this.reconsider(), RETRY_MS);
        this.#needs.parts.log.error("Open sessions could not follow a change of rights; it is tried again", error);
      })
      .finally(() => {
        this.#isRunning = false;
        if (this.#isAskedAgain) this.reconsider();
      });
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearTimeout(this.#retry);
  }

  async #run(): Promise<void> {
    const { parts, agentLinks } = this.#needs;
    this.#isAskedAgain = false;
    this.#turnBeganMs = performance.now();
    const rights = await this.#readRights();
    for (const account of rights.values()) parts.access.hold(account);
    parts.access.forgetAllBut((account) => parts.consoles.of(account).size > 0);
    agentLinks.recheck(rights);
    parts.toolRequests.recheck();
    for (const console of [...parts.consoles.all()]) {
      this.#closeChannels(console);
      await this.#othersTurn();
    }
    await this.#signOutWhoMayNot();
    for (const session of parts.sessions.all()) {
      this.#show(session);
      await this.#othersTurn();
    }
  }

  /** Of everybody who has something open; an account that is gone has none. */
  async #readRights(): Promise<Map<string, AccountRights>> {
    const { parts, agentLinks } = this.#needs;
    const accounts = agentLinks.holders();
    for (const { actor } of parts.consoles.all()) if (actor !== null) accounts.add(actor.id);
    const found = new Map<string, AccountRights>();
    for (const account of accounts) {
      const rights = await parts.rightsOf(account);
      if (rights !== null) found.set(account, rights);
      await this.#othersTurn();
    }
    return found;
  }

  #closeChannels(console: ConsoleEnd): void {
    const { access, relay, sessions } = this.#needs.parts;
    for (const channel of [...console.channels]) {
      const permission = permissionOfChannel[channel.kind];
      const session = sessions.find(channel.session);
      if (permission === undefined || session === undefined) continue;
      if (!access.allowsIn(console.actor, permission, session)) relay.close(channel, "channel.revoked");
    }
  }

  async #signOutWhoMayNot(): Promise<void> {
    const { access, consoles } = this.#needs.parts;
    const gone = new Map<string, Because>();
    for (const { actor } of consoles.all()) {
      if (actor === null) continue;
      const { outcome, because } = access.decide(actor, "console.use", null);
      if (outcome === "deny") gone.set(actor.id, because);
    }
    for (const [account, because] of gone) await this.#needs.endConsoles(account, whySignedOut(because));
  }

  #show(session: LiveSession): void {
    const { access, consoles } = this.#needs.parts;
    for (const { representative } of session.model.participants)
      for (const console of [...consoles.of(representative)]) {
        if (console.actor === null) continue;
        const permissions = access.permissionsIn(console.actor, session);
        const known = this.#shown.get(console) ?? new Map<string, string>();
        this.#shown.set(console, known);
        const told = permissions.join(" ");
        if (known.get(session.id) === told) continue;
        known.set(session.id, told);
        const view = session.view(permissions, consoles.controlling(session.id));
        console.tell({ type: "session.changed", session: view });
      }
  }

  async #othersTurn(): Promise<void> {
    if (performance.now() - this.#turnBeganMs < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#turnBeganMs = performance.now();
  }
}

function whySignedOut({ rule }: Because): Refusal {
  if (rule === "console-disabled")
    return { code: "console.disabled", message: "An administrator switched the web representative console off." };
  if (rule === "outside-sign-in-schedule")
    return {
      code: "sign_in.outside_schedule",
      message: "Your account may not be used at this time. You were signed out.",
    };
  return {
    code: "permission.denied",
    message: "Your account may not use the console any more. An administrator changed that.",
  };
}
