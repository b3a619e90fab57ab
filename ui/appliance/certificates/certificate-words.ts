/** What the page says of certificates, and where they lie in time. Pure. */
import type { AcmeStep, ApplianceCertificates, PreFlight } from "../../../protocol/api/appliance/certificates.ts";
import type { Certificate } from "../../../protocol/api/administration.ts";
import { formatCount, formatDistance, formatTime } from "../../kit/format.ts";
import type { StonesState } from "../../kit/Stones.svelte";
import { plural } from "../../languages/plural.ts";
import { spokenLanguage } from "../../languages/say.ts";

/** A certificate ends soon when it has less left, in ms. */
const SOON_MS = 30 * 86_400_000;
const MONTH_MS = 30.4 * 86_400_000;
/** So many months lie between two names on the axis at the least. */
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60];
const MAX_TICKS = 6;

/** A stretch of the axis, in percent of it. */
export interface Stretch {
  readonly left: number;
  readonly width: number;
}
export interface CertificateTimeline {
  readonly ticks: readonly { readonly left: number; readonly text: string }[];
  readonly today: number;
  readonly current: Stretch;
  readonly next: Stretch | null;
}

/** Where the certificates lie: from the beginning of the current one to a little after its end. */
export function timeline(current: Certificate, next: Certificate | null, now: Date): CertificateTimeline {
  const from = Math.min(Date.parse(current.notBefore), now.getTime());
  const end = Math.max(Date.parse(current.notAfter), now.getTime());
  const to = end + (end - from) * 0.16;
  const share = (at: number): number => Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100));
  const stretch = ({ notBefore, notAfter }: Certificate): Stretch => {
    const left = share(Date.parse(notBefore));
    return { left, width: share(Date.parse(notAfter)) - left };
  };
  const ticks = monthsBetween(from, to).map((at) => ({ left: share(at), text: monthName(at, to - from) }));
  return { ticks, today: share(now.getTime()), current: stretch(current), next: next === null ? null : stretch(next) };
}

/** The first of some months between two times, as few as can be read. */
function monthsBetween(from: number, to: number): number[] {
  const months = (to - from) / MONTH_MS;
  const step = MONTH_STEPS.find((each) => months / each <= MAX_TICKS) ?? 120;
  const first = new Date(from);
  const found: number[] = [];
  for (let month = first.getUTCMonth() + 1; ; month += 1) {
    const at = Date.UTC(first.getUTCFullYear(), month, 1);
    if (at >= to) return found;
    if (month % step === 0) found.push(at);
  }
}

function monthName(at: number, spanMs: number): string {
  const isLong = spanMs > 18 * MONTH_MS;
  const year = isLong ? "numeric" : undefined;
  return new Date(at).toLocaleDateString(spokenLanguage().locale, { month: "short", year, timeZone: "UTC" });
}

/** "ends in 19 days", and whether somebody should look. */
export function endText(
  { notAfter }: Pick<Certificate, "notAfter">,
  now: Date,
): { text: string; tone: "normal" | "warn" | "bad" } {
  const leftMs = Date.parse(notAfter) - now.getTime();
  const when = formatDistance(notAfter, now);
  if (leftMs <= 0) return { text: `ended ${when}`, tone: "bad" };
  return { text: `ends ${when}`, tone: leftMs < SOON_MS ? "warn" : "normal" };
}

/** "Northmoor Issuing CA 2, chain of 2" */
export function issuerText({ isSelfSigned, issuer, chainLength }: Certificate): string {
  if (isSelfSigned) return "itself: browsers warn";
  return `${issuer}, ${plural(chainLength, ["# certificate in the chain", "# certificates in the chain"])}`;
}

/** Whether it renews itself. */
export function renewalText({ acme }: ApplianceCertificates): string {
  if (!acme.isEnabled) return "by hand";
  return plural(acme.renewDaysBefore, [
    "automatic (ACME), # day before the end",
    "automatic (ACME), # days before the end",
  ]);
}

/** What the others do that do not accept a certificate yet. */
export function learningText({ jumpClients, learning, lostCount }: PreFlight): string {
  if (jumpClients === 0) return "There is no Jump Client yet.";
  if (lostCount > 0) {
    return plural(lostCount, [
      "# Jump Client would be lost: it holds another site's trust or none. The switch is refused unless you force it.",
      "# Jump Clients would be lost: they hold another site's trust or none. The switch is refused unless you force it.",
    ]);
  }
  if (learning === 0) return "Every Jump Client accepts it.";
  return plural(learning, [
    "# Jump Client has not called in since. It learns the new certificate when it does, by the site's own key.",
    "# Jump Clients have not called in since. They learn the new certificate when they do, by the site's own key.",
  ]);
}

/** 0 to 1 of those that accept it now. */
export const acceptingShare = ({ jumpClients, accepting }: PreFlight): number =>
  jumpClients === 0 ? 1 : accepting / jumpClients;

/** "of 24,118" */
export const ofAllText = ({ jumpClients }: PreFlight): string => `of ${formatCount(jumpClients)}`;

/** What a renewal does now. */
export const acmeStepTexts: Readonly<Record<AcmeStep, string>> = {
  account: "Asking for an account",
  order: "Ordering a certificate",
  proof: "Proving the names on port 80",
  certificate: "Waiting for the certificate",
  service: "Taking it into service",
};

/** One line of the table of all certificates. */
export interface CertificateRow {
  readonly name: string;
  readonly use: string;
  readonly issuer: string;
  readonly notAfter: string;
  readonly state: StonesState;
  readonly label: string;
}

/** All of them, the first that ends first. */
export function certificateRows(
  { current, next, switchesAt, others }: ApplianceCertificates,
  now: Date,
): CertificateRow[] {
  const nameOf = ({ names, subject }: Certificate): string => names[0] ?? subject;
  const from =
    switchesAt === null ? "the site, when it is switched to" : `the site, from ${formatTime(switchesAt, now)}`;
  const rows: CertificateRow[] = [
    {
      ...{ name: nameOf(current), use: "the site: computers, consoles, pages", notAfter: current.notAfter },
      ...{ issuer: current.isSelfSigned ? "Itself" : current.issuer, state: "live", label: "In use" },
    },
    ...others.map((other): CertificateRow => ({ ...other, ...otherState(other.notAfter, now) })),
  ];
  if (next !== null) {
    rows.push({
      ...{ name: nameOf(next), use: from, notAfter: next.notAfter },
      ...{ issuer: next.isSelfSigned ? "Itself" : next.issuer, state: "waiting", label: "Ready" },
    });
  }
  return rows.toSorted((a, b) => Date.parse(a.notAfter) - Date.parse(b.notAfter));
}

function otherState(notAfter: string, now: Date): { state: StonesState; label: string } {
  const leftMs = Date.parse(notAfter) - now.getTime();
  if (leftMs <= 0) return { state: "lost", label: "Ended" };
  return leftMs < SOON_MS ? { state: "degraded", label: "Ends soon" } : { state: "live", label: "In use" };
}
