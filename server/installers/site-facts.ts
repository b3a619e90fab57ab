import type { Core } from "../core.ts";
import { Installers, type SiteFacts } from "./installers.ts";

/** What an installer made now says of this site, reached at `port`. */
export async function siteFacts(core: Core, port: number): Promise<SiteFacts> {
  const { hostname, siteName } = await core.settings.read();
  return {
    site: `https://${hostname}${port === 443 ? "" : `:${port}`}`,
    siteId: core.site.siteId,
    siteName,
    siteKey: core.site.key.publicKey,
    trustBundle: (await core.site.trustBundle()).jws,
  };
}

/** The installers of a data directory; `port` is asked when one is made. */
export function installersOf(core: Core, port: () => number): Installers {
  const tokenSecret = core.secrets.derive("installer tokens");
  return new Installers(core.database, core.audit, core.clock, tokenSecret, () => siteFacts(core, port()));
}
