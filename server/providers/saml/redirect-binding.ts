/** HTTP-Redirect binding (SAML 2.0 bindings 3.4): a deflated message in the query, signed over the query's own text. */
import { createSign, createVerify } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { refuse } from "../refusal.ts";
import { RSA_SHA256, signatureHashes } from "./algorithms.ts";
import { checkMessageText, decodeUtf8 } from "./message-text.ts";

const MAX_INFLATED_BYTES = 64 << 10;
const MAX_QUERY_CHARACTERS = 32 << 10;

export type MessageName = "SAMLRequest" | "SAMLResponse";

/** The address to send the browser to. `keyPem` null: unsigned. */
export function redirectUrl(
  destination: string,
  name: MessageName,
  xml: string,
  relayState: string,
  keyPem: string | null,
): string {
  const parts = [`${name}=${encodeURIComponent(deflateRawSync(xml).toString("base64"))}`];
  if (relayState !== "") parts.push(`RelayState=${encodeURIComponent(relayState)}`);
  if (keyPem !== null) {
    parts.push(`SigAlg=${encodeURIComponent(RSA_SHA256)}`);
    const signature = createSign("sha256").update(parts.join("&")).sign(keyPem, "base64");
    parts.push(`Signature=${encodeURIComponent(signature)}`);
  }
  return `${destination}${destination.includes("?") ? "&" : "?"}${parts.join("&")}`;
}

/** A signed message that came through the browser, verified. */
export interface BoundMessage {
  readonly name: MessageName;
  readonly xml: string;
  readonly relayState: string;
}

/**
 * Reads and verifies the query of a redirect; an unsigned one is refused.
 * @param query as it came, without "?": the signature is over these characters
 * @throws {ProviderRefusal} message.*, logout.unsigned, signature.*
 */
export function readRedirect(query: string, certificates: readonly string[]): BoundMessage {
  if (query.length > MAX_QUERY_CHARACTERS) refuse("message.too_large");
  const parts = splitQuery(query);
  const isRequest = parts.has("SAMLRequest");
  if (isRequest === parts.has("SAMLResponse")) refuse("message.form");
  const name = isRequest ? "SAMLRequest" : "SAMLResponse";
  if (!parts.has("Signature") || !parts.has("SigAlg")) refuse("logout.unsigned");
  checkSignature(name, parts, certificates);
  const relayState = valueOf(parts, "RelayState");
  return { name, xml: checkMessageText(inflate(valueOf(parts, name))), relayState };
}

/** Whole `name=value` texts by name. A name that stands twice or is spelt with escapes is refused. */
function splitQuery(query: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const part of query.split("&")) {
    const name = part.split("=", 1)[0]!;
    if (/[%+]/u.test(name) || parts.has(name)) refuse("message.form", "the query");
    parts.set(name, part);
  }
  return parts;
}

function valueOf(parts: ReadonlyMap<string, string>, name: string): string {
  const encoded = (parts.get(name) ?? "").slice(name.length + 1);
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    return refuse("message.encoding", name);
  }
}

/** What is signed is `SAMLRequest=…&RelayState=…&SigAlg=…` with the sender's own escapes. */
function checkSignature(name: MessageName, parts: ReadonlyMap<string, string>, certificates: readonly string[]): void {
  const algorithm = valueOf(parts, "SigAlg");
  const hash = Object.hasOwn(signatureHashes, algorithm) ? signatureHashes[algorithm] : undefined;
  if (hash === undefined) return refuse("signature.algorithm", algorithm);
  const signed = [name, "RelayState", "SigAlg"].flatMap((part) => parts.get(part) ?? []).join("&");
  const signature = valueOf(parts, "Signature");
  const isValid = certificates.some((pem) => createVerify(hash).update(signed).verify(pem, signature, "base64"));
  if (!isValid) refuse("signature.wrong");
}

function inflate(base64: string): string {
  try {
    return decodeUtf8(inflateRawSync(Buffer.from(base64, "base64"), { maxOutputLength: MAX_INFLATED_BYTES }));
  } catch {
    return refuse("message.too_large", "inflated");
  }
}
