/** What an administrator should look at, from the status. Pure. */
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

/** In order of weight: what has failed first. */
export function attentionItems(status: Status, now: Date): readonly AttentionItem[] {
  return [...certificateItems(status, now), ...diskItems(status)].sort(
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

function diskItems({ diskFreeBytes }: Status): AttentionItem[] {
  if (diskFreeBytes >= LOW_DISK_BYTES) return [];
  const text = `has ${formatBytes(diskFreeBytes)} left. When it is full, nothing can be written and transfers stop.`;
  return [{ state: "degraded", subject: "Disk", text, href: "", action: "" }];
}
