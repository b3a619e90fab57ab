/**
 * Decides which server the agent talks to. A TLS connection is accepted if its chain is valid for the name, or if the
 * leaf's key stands in the newest bundle the site has signed. When neither holds the bundle is fetched, checked, and the
 * question asked again: so replacing a certificate loses no endpoint, and a stranger in the middle gains nothing (NA14).
 * Dates count for a chain alone. A key in the bundle is vouched for by the site itself, so neither a certificate that has
 * run out nor an endpoint whose clock is wrong loses anybody.
 */
import { TRUST_BUNDLE_PATH } from "../../protocol/hello.ts";
import type { Clock } from "../clock.ts";
import { type PeerCertificate, readPeerCertificate, systemRoots } from "./peer-certificate.ts";
import { type SiteIdentity, type VerifiedBundle, verifyTrustBundle } from "./trust-bundle.ts";

export interface SiteTrustContext extends SiteIdentity {
  /** https://host:port */
  readonly site: string;
  /** The newest bundle verified so far, as signed; an installer carries the first. */
  readonly signedBundle: string;
  readonly clock: Pick<Clock, "now">;
  /** Keeps a newer verified bundle for the next start. */
  keepBundle(signed: string): void;
}

export type TrustAnswer =
  { readonly ok: true; readonly certificate: PeerCertificate } | { readonly ok: false; readonly reason: string };

const MAX_BUNDLE_BYTES = 300_000;
const FETCH_TIMEOUT_MS = 15_000;

export class SiteTrust {
  #newest: VerifiedBundle | null = null;
  #pinned: PeerCertificate | null = null;

  private constructor(private readonly context: SiteTrustContext) {}

  /**
   * Begins with the bundle kept from before. One that does not verify counts as none: the chain must then be valid, or
   * a good bundle be fetched.
   */
  static async create(context: SiteTrustContext): Promise<SiteTrust> {
    const trust = new SiteTrust(context);
    const kept = await verifyTrustBundle(context.signedBundle, context, 0);
    if (typeof kept !== "string") trust.#newest = kept;
    return trust;
  }

  get site(): string {
    return this.context.site;
  }

  /** Version of the newest verified bundle; 0 while there is none. */
  get bundleVersion(): number {
    return this.#newest?.bundle.version ?? 0;
  }

  /**
   * The certificate accepted last, so that the next connection needs no look ahead of it. One that only its chain spoke
   * for is worth nothing once its dates no longer hold.
   */
  get pinned(): PeerCertificate | null {
    const pinned = this.#pinned;
    if (pinned === null || this.#standsInBundle(pinned)) return pinned;
    return pinned.isCurrentAt(this.context.clock.now()) ? pinned : null;
  }

  /** A bundle the server sent over an accepted connection, or one that was fetched. False: refused, nothing changes. */
  async offerBundle(signed: string): Promise<boolean> {
    const verified = await verifyTrustBundle(signed, this.context, this.bundleVersion);
    if (typeof verified === "string") return false;
    if (verified.bundle.version === this.bundleVersion) return true;
    this.#newest = verified;
    // What was accepted under the old bundle has to stand under the new one.
    this.#pinned = null;
    this.context.keepBundle(signed);
    return true;
  }

  /** Looks at the server's certificate and decides. What is accepted is pinned: only that very leaf may answer. */
  async accept(): Promise<TrustAnswer> {
    this.#pinned = null;
    const shown = await readPeerCertificate(this.context.site);
    if (shown === null) return { ok: false, reason: "no TLS server answers there" };
    if (!(await this.#isTrusted(shown))) {
      const fetched = await this.#fetchBundle();
      if (fetched !== null) await this.offerBundle(fetched);
      if (!this.#standsInBundle(shown))
        return {
          ok: false,
          reason: "the server's certificate is neither valid for its name nor vouched for by the site",
        };
    }
    this.#pinned = shown;
    return { ok: true, certificate: shown };
  }

  async #isTrusted(shown: PeerCertificate): Promise<boolean> {
    if (this.#standsInBundle(shown)) return true;
    const roots = [...systemRoots(), ...(this.#newest?.bundle.roots ?? [])];
    const valid = await readPeerCertificate(this.context.site, roots);
    return valid !== null && valid.spki === shown.spki;
  }

  #standsInBundle(shown: PeerCertificate): boolean {
    return this.#newest?.bundle.keys.includes(shown.spki) ?? false;
  }

  /** The site's newest bundle over a connection that is not checked: its signature is. Null when none comes. */
  async #fetchBundle(): Promise<string | null> {
    try {
      const response = await fetch(new URL(TRUST_BUNDLE_PATH, this.context.site), {
        redirect: "error",
        signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
        tls: { rejectUnauthorized: false },
      });
      if (!response.ok || response.body === null) return null;
      return await readLimited(response.body, MAX_BUNDLE_BYTES);
    } catch (error) {
      // The network, a time-out, or a server that speaks no HTTP: in each case there is no bundle to judge.
      if (error instanceof Error) return null;
      throw error;
    }
  }
}

async function readLimited(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  for await (const chunk of body) {
    byteCount += chunk.length;
    if (byteCount > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8").trim();
}
