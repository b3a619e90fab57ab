import type { Log } from "../log.ts";
import { Alerts, type AlertsNeeds } from "./alerts.ts";

const EVERY_MS = 60_000;

/** Tells until disposed. */
export function openAlerts(needs: AlertsNeeds & { readonly log: Log }): { alerts: Alerts } & Disposable {
  const alerts = new Alerts(needs);
  const timer = setInterval(() => {
    alerts.run().catch((error: unknown) => needs.log.error("alerts could not be told", error));
  }, EVERY_MS);
  return { alerts, [Symbol.dispose]: () => clearInterval(timer) };
}
