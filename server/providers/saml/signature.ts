import { createHash, createVerify, timingSafeEqual } from "node:crypto";
import { getVerifiedXml } from "@node-saml/node-saml/lib/xml";
import { ExclusiveCanonicalization } from "xml-crypto";
import { ProviderRefusal, refuse } from "../refusal.ts";
import { digestHashes, signatureHashes } from "./algorithms.ts";
import { attribute, childElements, childrenNamed, NS, parseXml, textOf } from "./xml.ts";

/**
 * Verifies the signature right below `element` of the document `xml` and returns the bytes it vouches for, canonical: all
 * that is read afterwards comes from them, never from the document (NA36).
 * @param element of a structure that was checked: its one signature has the one shape we take
 * @throws {ProviderRefusal} signature.wrong
 */
export function verifiedXml(xml: string, element: Element, certificates: readonly string[]): string {
  const text = xml.replace(/\r\n?/gu, "\n");
  const id = attribute(element, "ID");
  if (id === null || !isSignedByOneOf(text, id, certificates)) return refuse("signature.wrong");
  try {
    return getVerifiedXml(text, element, [...certificates]) ?? refuse("signature.wrong");
  } catch (error) {
    throw error instanceof ProviderRefusal ? error : new ProviderRefusal("signature.wrong", "", { cause: error });
  }
}

/**
 * The same check by fewer steps, before the library's: its searches grow with the square of the elements (360 ms for 4,000),
 * so it sees only what an identity provider did sign. Both have to agree.
 */
function isSignedByOneOf(xml: string, id: string, certificates: readonly string[]): boolean {
  const root = parseXml(xml);
  const element = [root, ...childElements(root)].find((one) => attribute(one, "ID") === id);
  const signature = element === undefined ? undefined : childrenNamed(element, NS.signature, "Signature")[0];
  if (element === undefined || signature === undefined) return false;
  const [signedInfo, value] = childElements(signature) as [Element, Element];
  const [, method, reference] = childElements(signedInfo) as [Element, Element, Element];
  const [transforms, digest, digestValue] = childElements(reference) as [Element, Element, Element];
  const hash = signatureHashes[attribute(method, "Algorithm") ?? ""]!;
  const signed = canonical(signedInfo, inclusivePrefixes(childElements(signedInfo)[0]!));
  const isSigned = certificates.some((pem) => createVerify(hash).update(signed).verify(pem, textOf(value), "base64"));
  if (!isSigned) return false;
  element.removeChild(signature);
  const digested = canonical(element, inclusivePrefixes(childElements(transforms)[1]!));
  const actual = createHash(digestHashes[attribute(digest, "Algorithm") ?? ""]!)
    .update(digested)
    .digest();
  const expected = Buffer.from(textOf(digestValue), "base64");
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function canonical(element: Element, inclusiveNamespacesPrefixList: string[]): string {
  const ancestorNamespaces = namespacesAbove(element);
  return new ExclusiveCanonicalization().process(element, { inclusiveNamespacesPrefixList, ancestorNamespaces });
}

/** The InclusiveNamespaces of a canonicalization (Exclusive XML Canonicalization 1.0, 4). */
function inclusivePrefixes(method: Element): string[] {
  const inclusive = childElements(method).find(({ localName }) => localName === "InclusiveNamespaces");
  return (inclusive === undefined ? "" : (attribute(inclusive, "PrefixList") ?? "")).split(/\s+/u).filter(Boolean);
}

/** Prefixes an element inherits; the nearest one counts. */
function namespacesAbove(element: Element): { prefix: string; namespaceURI: string }[] {
  const found = new Map<string, string>();
  for (let above = element.parentNode; above?.nodeType === 1; above = above.parentNode)
    for (const { prefix, localName, value } of Array.from((above as Element).attributes))
      if (prefix === "xmlns" && !found.has(localName)) found.set(localName, value);
  return Array.from(found, ([prefix, namespaceURI]) => ({ prefix, namespaceURI }));
}
