/** E-mail domains that lead people to their provider. Pure. */
import { domainToASCII } from "node:url";
import { AppError } from "../../protocol/errors.ts";
import type { Provider } from "./provider.ts";
import { invalid } from "./provider-rules.ts";

const MAX_DOMAIN_CHARACTERS = 253;
/** Of a host's name; the URL parser behind domainToASCII would take other text for ends, ports and escapes. */
const FOREIGN = /[\s%/\\:@?#[\]]/u;
const LABELS = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/u;

/**
 * A domain in the one spelling domains are compared by: small letters, "xn--…" for what is not ASCII (UTS 46), no dot at its
 * end. `null` for what is no domain.
 */
export function plainDomain(text: string): string | null {
  if (FOREIGN.test(text)) return null;
  const domain = domainToASCII(text).replace(/\.$/u, "");
  return domain.length <= MAX_DOMAIN_CHARACTERS && LABELS.test(domain) ? domain : null;
}

/** The domain of an address, plain; `null` without one. */
export const domainOfAddress = (email: string): string | null =>
  email.includes("@") ? plainDomain(email.slice(email.lastIndexOf("@") + 1)) : null;

/** What an administrator wrote, plain, each once. @throws {AppError} provider.invalid */
export function readDomains(texts: readonly string[]): string[] {
  const domains = texts.map((text) => {
    const domain = plainDomain(text);
    if (domain === null)
      throw invalid(`“${text}” is not an e-mail domain. Write what stands behind the @, such as example.com.`);
    return domain;
  });
  return [...new Set(domains)];
}

/**
 * INVARIANT: an address leads to one provider. Whoever may edit one cannot draw another's people to it.
 * @throws {AppError} request.conflict, naming the other provider
 */
export function checkDomainsFree(
  { id, emailDomains }: Pick<Provider, "id" | "emailDomains">,
  all: readonly Pick<Provider, "id" | "name" | "emailDomains">[],
): void {
  for (const other of all.filter((one) => one.id !== id)) {
    const taken = new Set(other.emailDomains.map(plainDomain));
    const both = emailDomains.find((domain) => taken.has(domain));
    if (both === undefined) continue;
    throw new AppError(
      "request.conflict",
      `Addresses of ${both} lead to ${other.name} already, and a domain leads to one provider. Take it away there first.`,
    );
  }
}
