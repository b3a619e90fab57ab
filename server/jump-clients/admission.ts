/** Who may come in as a Jump Client: enrolment by an installer's token, and the hello of one that is enrolled. */
import type { ErrorCode } from "../../protocol/errors.ts";
import type { JumpClientId, JumpGroupId } from "../../protocol/ids.ts";
import type { MessageBody } from "../../protocol/messages.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import type { InstallerRefusal, Installers, UsableInstaller } from "../installers/installers.ts";
import { newId } from "../new-id.ts";
import { isProvedBy } from "./agent-proof.ts";
import { HelloLookup } from "./hello-lookup.ts";
import { factColumns, statisticsColumns } from "./jump-client-row.ts";
import { deleteJumpClient, findByPublicKey, insertJumpClient } from "./store.ts";

/** What the gateway does with the one who knocked. */
export type Admission =
  | {
      readonly outcome: "admitted";
      readonly jumpClient: JumpClientId;
      readonly name: string;
      readonly jumpGroup: JumpGroupId;
      readonly isNew: boolean;
    }
  /** It was removed here: it is told to uninstall itself. */
  | { readonly outcome: "leaving"; readonly jumpClient: JumpClientId }
  | { readonly outcome: "refused"; readonly code: ErrorCode; readonly message: string; readonly isFinal: boolean };

const badSignature: Admission = {
  outcome: "refused",
  code: "agent.bad_signature",
  message: "The signature does not prove the key of this Jump Client. Check that its state directory was not copied.",
  isFinal: false,
};

export class JumpClientAdmission {
  readonly #lookup: HelloLookup;
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly installers: Installers,
    private readonly siteId: string,
  ) {
    this.#lookup = new HelloLookup(database);
  }

  /** A Jump Client that is enrolled proves its key. */
  async hello(body: MessageBody<"agent.hello">, nonce: string): Promise<Admission> {
    if (!(await isProvedBy(this.siteId, nonce, body.publicKey, body.signature))) return badSignature;
    const row = await this.#lookup.find(body.jumpClient);
    if (row === undefined) return refuse("agent.unknown", "This site does not know this Jump Client. Install it anew.");
    if (row.public_key !== body.publicKey) return badSignature;
    const jumpClient = row.id as JumpClientId;
    if (row.is_leaving === 1) return { outcome: "leaving", jumpClient };
    return { outcome: "admitted", jumpClient, name: row.name, jumpGroup: row.jump_group as JumpGroupId, isNew: false };
  }

  /**
   * A new Jump Client brings an installer's token; its key is bound to it. Enrolling the same key again with the same
   * installer gives the same Jump Client, since the answer to the first time may have been lost on the way.
   */
  async enrol(body: MessageBody<"agent.enrol">, nonce: string, address: string): Promise<Admission> {
    if (!(await isProvedBy(this.siteId, nonce, body.publicKey, body.signature))) return badSignature;
    return await this.database.transaction(async (tx) => {
      const before = await findByPublicKey(tx, body.publicKey);
      const installer = await this.installers.lookUp(tx, body.token);
      if (before && before.is_leaving === 0 && installer.id === before.installer)
        return {
          outcome: "admitted",
          jumpClient: before.id as JumpClientId,
          name: before.name,
          jumpGroup: before.jump_group as JumpGroupId,
          isNew: false,
        };
      if (!installer.isUsable) return await this.#refuseEnrolment(tx, installer, body, address);
      if (before) await deleteJumpClient(tx, before.id);
      return await this.#enrolNew(tx, installer, body, address);
    });
  }

  async #enrolNew(
    tx: Tx,
    installer: UsableInstaller,
    body: MessageBody<"agent.enrol">,
    address: string,
  ): Promise<Admission> {
    const id = newId<JumpClientId>();
    const now = this.clock.now().toISOString();
    const name = (body.name ?? (installer.name || body.facts.hostName || "Jump Client")).slice(0, 128);
    await this.installers.countUse(tx, installer.id);
    await insertJumpClient(tx, {
      id,
      public_key: body.publicKey,
      installer: installer.id,
      name,
      jump_group: installer.jumpGroup,
      tag: installer.tag,
      comments: installer.comments,
      jump_policy: installer.jumpPolicy,
      present_policy: installer.presentPolicy,
      absent_policy: installer.absentPolicy,
      ...factColumns(body.facts),
      ...statisticsColumns(body.statistics),
      public_address: address,
      is_online: 0,
      status_since: now,
      last_accessed_at: null,
      access_count: 0,
      is_leaving: 0,
      created_at: now,
    });
    await this.audit.record(tx, {
      action: "jump-client.enrolled",
      outcome: "succeeded",
      actor: { kind: "jump-client", id, name, address },
      object: { kind: "jump-client", id, name },
      detail: { installer: installer.id, hostName: body.facts.hostName },
    });
    return { outcome: "admitted", jumpClient: id, name, jumpGroup: installer.jumpGroup as JumpGroupId, isNew: true };
  }

  /** A known installer that no longer works is worth a row; an unknown token is only noise from outside. */
  async #refuseEnrolment(
    tx: Tx,
    installer: InstallerRefusal,
    body: MessageBody<"agent.enrol">,
    address: string,
  ): Promise<Admission> {
    if (installer.id !== null)
      await this.audit.record(tx, {
        action: "jump-client.refused",
        outcome: "denied",
        actor: { kind: "nobody", name: body.facts.hostName, address },
        object: { kind: "installer", id: installer.id, name: installer.name },
        detail: { code: installer.code },
      });
    return refuse(installer.code, installer.message);
  }
}

function refuse(code: ErrorCode, message: string): Admission {
  return { outcome: "refused", code, message, isFinal: true };
}
