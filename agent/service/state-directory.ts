import { join } from "node:path";

/** The state of an installed agent. */
export const SYSTEM_STATE_DIRECTORY = "/var/lib/causeway-agent";

/** Where the state of an agent lies that was not told: root's with the system's, everybody else's in their home. */
export function defaultStateDirectory({ isRoot, home }: { readonly isRoot: boolean; readonly home: string }): string {
  return isRoot ? SYSTEM_STATE_DIRECTORY : join(home, ".local/state/causeway-agent");
}
