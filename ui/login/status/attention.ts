/** What an administrator should look at, from the status. Pure. */
import type { Provider } from "../../../protocol/api/providers.ts";
import type { Status } from "../../../protocol/api/administration.ts";
import { formatBytes, formatDistance } from "../../kit/format.ts";

export interface AttentionItem {
  readonly state: "degraded" | "lost";
  readonly subject: string;
  readonly text: string;
  /** Where to deal with it; "" for nowhere in here. */
  readonly href: string;
  readonly action: string;
}

/** A certificate ends soon when fewer than so many days are left. */
const CERTIFICATE_WARNING_DAYS = 30;
const LOW_DISK_BYTES = 5 * 1024 ** 3;
const CERTIFICATE_PATH = "/login/certificate";
const PROVIDERS_PATH = "/login/security-providers";

/** As much of a security provider as says when nobody comes by it any more. */
export type ProviderEnd = Pick<Provider, "id" | "name" | "isEnabled" | "certificateExpiresAt">;

/** In order of weight: what has failed first. */
export function attentionItems(
  status: Status,
  now: Date,
  providers: readonly ProviderEnd[] = [],
): readonly AttentionItem[] {
  return [...certificateItems(status, now), ...providerItems(providers, now), ...diskItems(status)].sort(
    (a, b) => Number(b.state === "lost") - Number(a.state === "lost"),
  );
}

function certificateItems({ certificate, hostname }: Status, now: Date): AttentionItem[] {
  const link = { href: CERTIFICATE_PATH, action: "Replace" };
  const items: AttentionItem[] = [];
  const leftMs = new Date(certificate.notAfter).getTime() - now.getTime();
  if (leftMs <= 0) {
    const text = `ended ${formatDistance(certificate.notAfter, now)}. Browsers refuse the site; Jump Clients stay connected.`;
    items.push({ state: "lost", subject: "Certificate", text, ...link });
  } else if (leftMs < CERTIFICATE_WARNING_DAYS * 86_400_000) {
    const text = `ends ${formatDistance(certificate.notAfter, now)}. Jump Clients will accept the next one.`;
    items.push({ state: "degraded", subject: "Certificate", text, ...link });
  }
  if (!certificate.coversHostname) {
    const text = `does not name ${hostname}. Browsers warn everybody who opens the site.`;
    items.push({ state: "degraded", subject: "Certificate", text, ...link });
  }
  return items;
}

function providerItems(providers: readonly ProviderEnd[], now: Date): AttentionItem[] {
  return providers.flatMap(({ id, name, isEnabled, certificateExpiresAt }): readonly AttentionItem[] => {
    if (!isEnabled || certificateExpiresAt === null) return [];
    const leftMs = new Date(certificateExpiresAt).getTime() - now.getTime();
    if (leftMs >= CERTIFICATE_WARNING_DAYS * 86_400_000) return [];
    const when = formatDistance(certificateExpiresAt, now);
    const item = { subject: name, href: `${PROVIDERS_PATH}/${id}`, action: "Look at it" };
    if (leftMs > 0) {
      const text = `has a certificate that ends ${when}. Add the new one before, or nobody comes by this provider.`;
      return [{ ...item, state: "degraded", text }];
    }
    const text = `has a certificate that ended ${when}. People may not be able to come by this provider.`;
    return [{ ...item, state: "lost", text }];
  });
}

function diskItems({ diskFreeBytes }: Status): AttentionItem[] {
  if (diskFreeBytes >= LOW_DISK_BYTES) return [];
  const text = `has ${formatBytes(diskFreeBytes)} left. When it is full, nothing can be written and transfers stop.`;
  return [{ state: "degraded", subject: "Disk", text, href: "", action: "" }];
}
