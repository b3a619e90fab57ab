/** Several Jump Clients changed at once: what would change, then all of it in the caller's transaction. */
import type { JumpClientId } from "../../protocol/ids.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import type { JumpItemPlace } from "../support-sessions/live-session.ts";
import type { JumpClientListener } from "./jump-client-listener.ts";
import { findJumpClient, type JumpClientUpdate, type JumpClientWithGroup, updateJumpClient } from "./store.ts";

/** What a properties dialog changes; `jumpGroup` is an id here. */
export interface JumpClientValues {
  readonly name: string;
  readonly jumpGroup: string;
  readonly tag: string;
  readonly comments: string;
  readonly jumpPolicy: string | null;
  readonly presentPolicy: string | null;
  readonly absentPolicy: string | null;
  readonly publicPortal: string | null;
}
export type JumpClientField = keyof JumpClientValues;

/** One Jump Client with those fields that really change. */
export interface PlannedEdit {
  readonly id: JumpClientId;
  readonly before: JumpClientValues;
  readonly changes: Partial<JumpClientValues>;
}

const columns = {
  name: "name",
  jumpGroup: "jump_group",
  tag: "tag",
  comments: "comments",
  jumpPolicy: "jump_policy",
  presentPolicy: "present_policy",
  absentPolicy: "absent_policy",
  publicPortal: "public_portal",
} as const satisfies Record<JumpClientField, keyof JumpClientUpdate>;
const fields = Object.keys(columns) as JumpClientField[];

export class JumpClientEdits {
  constructor(
    private readonly audit: Audit,
    private readonly listener: Pick<JumpClientListener, "changed" | "moved">,
  ) {}

  /** What would change, in the order of the ids; `null`: one of them is not there any more. */
  async plan(tx: Tx, ids: readonly string[], wanted: Partial<JumpClientValues>): Promise<PlannedEdit[] | null> {
    const planned: PlannedEdit[] = [];
    for (const id of ids) {
      const row = await findJumpClient(tx, id);
      if (row === undefined || row.is_leaving === 1) return null;
      const before = valuesOf(row);
      const changed = fields.filter((field) => wanted[field] !== undefined && wanted[field] !== before[field]);
      const changes = Object.fromEntries(changed.map((field) => [field, wanted[field]]));
      planned.push({ id: row.id as JumpClientId, before, changes });
    }
    return planned;
  }

  /** Writes them, each with its audit event; `nameOf` puts an id into words. Call announce() after the commit. */
  async write(
    tx: Tx,
    planned: readonly PlannedEdit[],
    actor: AuditActor,
    nameOf: (field: JumpClientField, value: string | null) => string | null,
  ): Promise<void> {
    for (const { id, before, changes } of planned) {
      const changed = fields.filter((field) => changes[field] !== undefined);
      if (changed.length === 0) continue;
      await updateJumpClient(tx, id, Object.fromEntries(changed.map((field) => [columns[field], changes[field]])));
      const told = (field: JumpClientField) => ({
        from: nameOf(field, before[field]),
        to: nameOf(field, changes[field] ?? null),
      });
      await this.audit.record(tx, {
        ...{ action: "jump-item.changed", outcome: "succeeded", actor },
        object: { kind: "jump-client", id, name: before.name },
        detail: Object.fromEntries(changed.map((field) => [field, told(field)])),
      });
    }
  }

  /** Sessions and consoles follow. */
  announce(planned: readonly PlannedEdit[]): void {
    for (const { id, before, changes } of planned) {
      const place = placeOf(changes);
      if (Object.keys(place).length > 0) this.listener.moved(id, place);
      if (Object.keys(changes).length > 0) this.listener.changed([id], before.jumpGroup);
    }
  }
}

function valuesOf(row: JumpClientWithGroup): JumpClientValues {
  return {
    ...{ name: row.name, jumpGroup: row.jump_group, tag: row.tag, comments: row.comments },
    ...{ jumpPolicy: row.jump_policy, presentPolicy: row.present_policy, absentPolicy: row.absent_policy },
    publicPortal: row.public_portal,
  };
}

const placeFields = ["jumpGroup", "jumpPolicy", "presentPolicy", "absentPolicy"] as const;

function placeOf(changes: Partial<JumpClientValues>): Partial<JumpItemPlace> {
  const changed = placeFields.filter((field) => changes[field] !== undefined);
  return Object.fromEntries(changed.map((field) => [field, changes[field]]));
}
