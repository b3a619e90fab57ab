/** The appliance's firewall follows the places the server answers at. Elsewhere the firewall is the operating system's. */
import type { FirewallRule } from "../../protocol/appliance/system-actions.ts";
import type { Log } from "../log.ts";
import type { SystemHelper } from "../system/system-helper.ts";
import type { ListenerSettings } from "./listener-settings.ts";

/** Nothing listens there but a certificate authority's question, while it is answered. */
const PROOF_OF_NAME: FirewallRule = { protocol: "tcp", port: 80, from: [] };

/** What else than the listeners is let in. */
export interface FirewallOpenings {
  /** As they are now. */
  rules(): FirewallRule[];
  /** Called when they are others. */
  onChanged(listener: () => void): Disposable;
}

/** Sets it now and after each change, the newest last. What fails is logged: the former rules stay. */
export function keepFirewall(
  listeners: Pick<ListenerSettings, "onChanged" | "portsNeeded">,
  openings: readonly FirewallOpenings[],
  systemHelper: Pick<SystemHelper, "askIfThere">,
  log: Log,
): Disposable {
  let setting = Promise.resolve();
  const set = (): void => {
    const rules = [...listeners.portsNeeded(), PROOF_OF_NAME, ...openings.flatMap((opening) => opening.rules())];
    setting = setting
      .then(async () => void (await systemHelper.askIfThere("firewall.set", { rules })))
      .catch((error: unknown) => log.error("the firewall was not set", error));
  };
  using stack = new DisposableStack();
  for (const opening of openings) stack.use(opening.onChanged(set));
  stack.use(listeners.onChanged(set));
  return stack.move();
}
