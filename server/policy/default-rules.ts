import { type SessionPermission, sessionPermissions } from "../../protocol/permissions.ts";
import type { Prompting, SessionGrant } from "../../protocol/session-policy.ts";
import type { Policies } from "./policies.ts";

/** Nobody answers: no. Half a minute is enough to read one sentence. */
const defaultPrompting: Prompting = { timeoutSeconds: 30, whenUnanswered: "deny" };

/** Not for everybody who may start a session: they outlast it, or bring in people the site does not know. */
const deniedByDefault: ReadonlySet<SessionPermission> = new Set<SessionPermission>([
  "jump-clients.pin",
  "support-button.deploy",
  "session.share-external",
  "registry.edit",
  "background-tools.launch",
  "endpoint-tools.use",
]);

/** What the global session policy says until an administrator changes it. */
export const defaultGlobalRules: Policies["globalRules"] = {
  grants: Object.fromEntries(
    sessionPermissions.map((name): [SessionPermission, SessionGrant] => [
      name,
      { value: deniedByDefault.has(name) ? "deny" : "allow", isAsked: false },
    ]),
  ) as Record<SessionPermission, SessionGrant>,
  prompting: defaultPrompting,
};
