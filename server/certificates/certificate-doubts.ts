/** What browsers would mind in a certificate that can be served all the same. Pure: time and roots are arguments. */
import { X509Certificate } from "node:crypto";
import { getCACertificates } from "node:tls";
import { describeCertificate } from "./certificate-view.ts";
import { isSelfSigned, nameOf } from "./certificate-check.ts";

const DAY_MS = 86_400_000;
/** So close to its end a new certificate is hardly meant. */
const SOON_DAYS = 7;
const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
const WEAK_SIGNATURE = /md5|sha-?1(?!\d)/iu;

/** Subjects of the authorities this server's own runtime knows; browsers know about the same. */
export function publicAuthorities(): ReadonlySet<string> {
  return new Set(getCACertificates("bundled").map((pem) => new X509Certificate(pem).subject));
}

/** In words, each with what to do; empty: browsers that know the authority open the site without a warning. */
export function findDoubts(
  chain: readonly X509Certificate[],
  hostname: string,
  authorities: ReadonlySet<string>,
  now: Date,
): string[] {
  const leaf = chain[0]!;
  const { coversHostname, names } = describeCertificate(chain, hostname);
  const weak = chain.find(({ signatureAlgorithm }) => WEAK_SIGNATURE.test(signatureAlgorithm ?? ""));
  const uses = leaf.keyUsage as readonly string[] | undefined;
  const doubts = [
    !coversHostname && `It is for ${names.join(", ")}, not for ${hostname}. Order one that names ${hostname}.`,
    weak !== undefined && !isSelfSigned(weak) && `${nameOf(weak)} is signed with a weak hash. Order it with SHA-256.`,
    uses !== undefined &&
      !uses.includes(SERVER_AUTHENTICATION) &&
      "It may not be used by servers. Order one for server authentication.",
    Date.parse(leaf.validTo) - now.getTime() < SOON_DAYS * DAY_MS && `It runs out on ${leaf.validTo}. Order a new one.`,
    missingIssuer(chain, authorities),
  ];
  return doubts.filter((doubt) => typeof doubt === "string");
}

/** A chain whose end neither signed itself nor is signed by an authority that is known lacks certificates, most likely. */
function missingIssuer(chain: readonly X509Certificate[], authorities: ReadonlySet<string>): string | false {
  const last = chain.at(-1)!;
  if (isSelfSigned(last) || authorities.has(last.issuer)) return false;
  const issuer = last.issuer.split("\n").join(", ");
  return (
    `The chain ends before its authority: the certificate of ${issuer} is missing. ` +
    "Add it after the others, as the authority gave it out."
  );
}
