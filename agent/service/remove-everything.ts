import { findInstallation, removeProgram, removeState } from "./installation.ts";
import { findSystemd, SystemdService } from "./systemd.ts";

/**
 * Removes the program, the state and last the service, which when this is called from within ends this very process. An
 * agent that runs in the foreground was never installed: only its state goes.
 */
export async function removeEverything(
  state: string,
  { isFromWithin }: { readonly isFromWithin: boolean },
): Promise<void> {
  const installation = findInstallation(state);
  const systemd = installation === null && isFromWithin ? null : findSystemd();
  if (systemd !== null && !isFromWithin) await new SystemdService(systemd).uninstall({ isFromWithin });
  if (installation !== null) removeProgram(installation);
  removeState(state);
  if (systemd !== null && isFromWithin) await new SystemdService(systemd).uninstall({ isFromWithin });
}
