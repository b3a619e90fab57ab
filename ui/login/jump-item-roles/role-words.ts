/** Which fields of a Jump Item a permission of a role is about. */
import type { JumpItemPermission } from "../../../protocol/permissions.ts";

const fields: Readonly<Partial<Record<JumpItemPermission, string>>> = {
  "jump-items.edit-session-policy":
    "Fields: session policy while a customer is there, session policy while nobody is there.",
  "jump-items.edit-connectivity": "Fields: end user's authenticator app; for later kinds host name, port and account.",
  "jump-items.edit-behavior": "Fields: name.",
  "jump-items.edit-jump-policy": "Fields: Jump Policy.",
};

/** The fields in words; "" where the permission's own sentence says it all. */
export function fieldsOf(permission: JumpItemPermission): string {
  return fields[permission] ?? "";
}
