/**
 * A SAML response from the form to an identity: limits, structure, signature, decryption, and only then what it says.
 * node-saml verifies signatures and nothing else: alone it took 23 of 92 attacks.
 */
import { refuse } from "../refusal.ts";
import { type AssertedIdentity, type AssertionRules, readAssertion } from "./assertion.ts";
import { openEncrypted, isCbcEncrypted } from "./decryption.ts";
import { checkMessageText, readPostedMessage } from "./message-text.ts";
import { verifiedXml } from "./signature.ts";
import { checkAssertionStructure, checkResponseStructure, hasSignature, type ResponseParts } from "./structure.ts";
import { attribute, childElements, childrenNamed, isElement, NS, parseXml, serialized, textOf } from "./xml.ts";

const SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success";

/** What holds for one provider's responses. */
export interface ResponseRules extends Omit<AssertionRules, "inResponseTo"> {
  /** The identity provider's, PEM. */
  readonly certificates: readonly string[];
  readonly wantsEncrypted: boolean;
}

/** A response that was parsed and not yet believed. */
export interface UnverifiedResponse {
  readonly xml: string;
  readonly root: Element;
  /** Which request it says it answers; the signed part has to say the same. */
  readonly inResponseTo: string | null;
}

/** @throws {ProviderRefusal} message.*, structure.root */
export function parseResponse(base64: string): UnverifiedResponse {
  const xml = readPostedMessage(base64);
  const root = parseXml(xml);
  return { xml, root, inResponseTo: attribute(root, "InResponseTo") };
}

/** @throws {ProviderRefusal} with the code of what does not fit */
export function verifyResponse(
  response: UnverifiedResponse,
  rules: ResponseRules,
  inResponseTo: string | null,
): AssertedIdentity {
  const outer = checkResponseStructure(response.root);
  checkEnvelope(response.root, outer, rules);
  const { parts, xml } = outer.isSigned ? verifiedParts(response, rules) : { parts: outer, xml: response.xml };
  const assertion = parts.isEncrypted
    ? decrypted(parts, outer.isSigned, rules)
    : plainAssertion(parts.assertion, xml, outer.isSigned, rules);
  return readAssertion(assertion, { ...rules, inResponseTo });
}

/** What the response around the assertion says. It may be unsigned, so it can only refuse, never allow. */
function checkEnvelope(root: Element, { isSigned }: ResponseParts, { recipient, issuer }: ResponseRules): void {
  const [status] = childrenNamed(root, NS.protocol, "Status");
  const code = status === undefined ? undefined : childElements(status)[0];
  if (code === undefined || !isElement(code, NS.protocol, "StatusCode")) return refuse("status.failed", "no status");
  if (attribute(code, "Value") !== SUCCESS) refuse("status.failed", statusDetail(status!));
  const destination = attribute(root, "Destination");
  if (destination === null ? isSigned : destination !== recipient) refuse("destination.wrong", destination ?? "none");
  const said = childrenNamed(root, NS.assertion, "Issuer");
  if (said.length > 0 && textOf(said[0]) !== issuer) refuse("issuer.wrong", textOf(said[0]));
}

const statusDetail = (status: Element): string =>
  childElements(status)
    .flatMap((element) => [element, ...childElements(element)])
    .map((element) => attribute(element, "Value")?.split(":").at(-1) ?? textOf(element))
    .join(" ");

/** From here on, a signed response is what its signature vouches for. */
function verifiedParts({ xml, root }: UnverifiedResponse, { certificates }: ResponseRules) {
  const verified = verifiedXml(xml, root, certificates);
  return { parts: checkResponseStructure(parseXml(verified)), xml: verified };
}

function plainAssertion(assertion: Element, xml: string, isVouchedFor: boolean, rules: ResponseRules): string {
  if (rules.wantsEncrypted) refuse("encryption.required");
  if (hasSignature(assertion)) return verifiedXml(xml, assertion, rules.certificates);
  return isVouchedFor ? serialized(assertion) : refuse("signature.missing");
}

function decrypted({ assertion }: ResponseParts, isVouchedFor: boolean, rules: ResponseRules): string {
  if (isCbcEncrypted(assertion, rules.allowsCbc) && !isVouchedFor) refuse("encryption.cbc_unsigned");
  const plain = checkMessageText(openEncrypted(assertion, rules.decryptionKeys));
  const root = parseXml(plain);
  checkAssertionStructure(root);
  if (hasSignature(root)) return verifiedXml(plain, root, rules.certificates);
  return isVouchedFor ? plain : refuse("signature.missing");
}
