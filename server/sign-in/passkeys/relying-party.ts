/** What passkeys are bound to: the site's hostname. A site that is reached by a bare address cannot have them. */
import { isIP } from "node:net";
import type { SiteSettings } from "../../settings/settings.ts";
import type { PublicAddress } from "../../site/public-address.ts";

export interface RelyingParty {
  /** The hostname: keys made for another name do not work. */
  readonly id: string;
  readonly name: string;
  /** Where the pages may stand: with the port the server listens on, and without, behind something that forwards. */
  readonly origins: string[];
}

export async function relyingPartyOf(settings: SiteSettings, address: PublicAddress): Promise<RelyingParty> {
  const { hostname, siteName } = await settings.read();
  const id = hostname.toLowerCase();
  return { id, name: siteName, origins: [`https://${id}`, ...(await address.origins())] };
}

/** Why a site of this hostname cannot have passkeys; `null`: it can. */
export function passkeyObstacle(hostname: string): string | null {
  if (isIP(hostname) === 0) return null;
  return `Passkeys belong to a name, and this site's hostname is the address ${hostname}. An administrator can give it a name in Settings.`;
}
