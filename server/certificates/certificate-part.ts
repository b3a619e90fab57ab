/** How the site's certificate and its renewal are, for the appliance's status and its connection test. */
import type { Reachable } from "../appliance-status/connection-test.ts";
import type { PartSource, PartStatus } from "../appliance-status/parts.ts";
import { reachUrl } from "../appliance-status/reachables.ts";
import type { Core } from "../core.ts";
import { readAcme } from "./acme/store.ts";

const DAY_MS = 86_400_000;
/** From so many days before its end somebody should look, renewal or not. */
const ATTENTION_DAYS = 14;

type Needs = Pick<Core, "certificates" | "clock" | "database">;

/** Whole days until the certificate that is served ends; below 0: it has ended. */
export async function certificateDaysLeft({ certificates, clock }: Needs): Promise<number> {
  const { notAfter } = await certificates.describe();
  return Math.floor((Date.parse(notAfter) - clock.now().getTime()) / DAY_MS);
}

/** The days it still has, and what renewing it came to. */
export function certificatePart(needs: Needs): PartSource {
  return async () => {
    const days = await certificateDaysLeft(needs);
    const { settings, problem } = await readAcme(needs.database.queries);
    return { name: "certificates", load: Math.max(0, days), ...healthOf(days, settings.isEnabled ? problem : "") };
  };
}

/** The authority that is asked for new ones. */
export async function certificateReachables({ database }: Needs): Promise<readonly Reachable[]> {
  const { isEnabled, directory } = (await readAcme(database.queries)).settings;
  return isEnabled && URL.canParse(directory) ? [{ use: "acme", ...reachUrl(directory) }] : [];
}

function healthOf(days: number, problem: string): Pick<PartStatus, "health" | "reason"> {
  const renewal = problem === "" ? "" : ` The last renewal failed: ${problem}`;
  if (days < 0) return { health: "failed", reason: `The site's certificate has run out.${renewal}` };
  const left = days === 1 ? "1 day" : `${days} days`;
  if (days < ATTENTION_DAYS)
    return { health: "attention", reason: `The site's certificate ends in ${left}.${renewal}` };
  return renewal === "" ? { health: "ok", reason: "" } : { health: "attention", reason: renewal.trim() };
}
