/** Looks at the certificate a server shows, without yet trusting it. */
import { createHash, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import tls from "node:tls";

export interface PeerCertificate {
  /** The leaf, DER. */
  readonly raw: Uint8Array;
  /** SHA-256 of its SubjectPublicKeyInfo, base64url, as trust bundles name keys. */
  readonly spki: string;
  /** Whether its own dates hold at that moment. */
  isCurrentAt(moment: Date): boolean;
}

export const TLS_PROBE_TIMEOUT_MS = 15_000;

/** SHA-256 of a certificate's SubjectPublicKeyInfo, base64url. */
export function spkiOf(certificate: X509Certificate): string {
  const der = certificate.publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(der).digest("base64url");
}

/**
 * The leaf certificate shown at `site` (https://…). With `roots` the chain must also lead to one of them and fit the
 * name. Null when there is no TLS server there or its chain is not valid.
 */
export async function readPeerCertificate(site: string, roots?: readonly string[]): Promise<PeerCertificate | null> {
  const url = new URL(site);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const { promise, resolve } = Promise.withResolvers<PeerCertificate | null>();
  const socket = tls.connect({
    host,
    port: Number(url.port || 443),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(roots === undefined ? { rejectUnauthorized: false } : { rejectUnauthorized: true, ca: [...roots] }),
  });
  socket.setTimeout(TLS_PROBE_TIMEOUT_MS, () => socket.destroy());
  socket.once("secureConnect", () => {
    resolve(describe(socket.getPeerCertificate().raw));
    socket.destroy();
  });
  // "close" follows every end, an error's too; resolving a second time does nothing.
  socket.once("error", () => socket.destroy());
  socket.once("close", () => resolve(null));
  return promise;
}

function describe(raw: Buffer | undefined): PeerCertificate | null {
  if (raw === undefined) return null;
  const certificate = new X509Certificate(raw);
  const { validFromDate, validToDate } = certificate;
  return {
    raw: new Uint8Array(raw),
    spki: spkiOf(certificate),
    isCurrentAt: (moment) => validFromDate <= moment && moment <= validToDate,
  };
}

/** Every root this computer trusts: the system's own and those that come with the agent. */
export function systemRoots(): string[] {
  return [...new Set([...tls.getCACertificates("system"), ...tls.getCACertificates("bundled")])];
}
