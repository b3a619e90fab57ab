import { Site as SiteShape } from "../../protocol/api/sign-in.ts";
import { TRUST_BUNDLE_PATH } from "../../protocol/hello.ts";
import type { Certificates } from "../certificates/certificates.ts";
import { type Route, route } from "../route.ts";
import type { SiteSettings } from "../settings/settings.ts";
import type { Site } from "./site.ts";

export interface SiteRoutesNeeds {
  readonly site: Site;
  readonly settings: SiteSettings;
  readonly certificates: Certificates;
  readonly isConsoleSuggested: boolean;
  /** Setting up needs a code from the appliance's own console. */
  readonly isAppliance: boolean;
}

/** What anybody may know of a site: what the first page needs, and the trust bundle. */
export function siteRoutes(needs: SiteRoutesNeeds): Route[] {
  const { site, settings, certificates, isConsoleSuggested, isAppliance } = needs;
  return [
    route("GET", "/api/site", "anyone", { response: SiteShape, isPublic: true }, async () => {
      const { siteName, hostname, isConsoleEnabled } = await settings.read();
      const { isSelfSigned } = await certificates.describe();
      const isSetUp = await site.isSetUp();
      const console = { isConsoleEnabled, isConsoleSuggested };
      const code = isAppliance ? { needsPresenceCode: true } : {};
      return { isSetUp, siteName, hostname, ...console, hasSelfSignedCertificate: isSelfSigned, ...code };
    }),
    route("GET", TRUST_BUNDLE_PATH, "anyone", { isPublic: true }, async () => {
      const { jws } = await site.trustBundle();
      return new Response(jws, { headers: { "content-type": "application/jose" } });
    }),
  ];
}
