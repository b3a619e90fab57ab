/**
 * How a SAML response may be built, checked before a signature is looked at. Signature wrapping lives from ambiguity: two
 * elements of one id, a second assertion, a signature elsewhere than right below what it signs. None of that passes.
 */
import { refuse } from "../refusal.ts";
import { digestHashes, ENVELOPED, EXCLUSIVE_C14N, signatureHashes } from "./algorithms.ts";
import { allElements, attribute, childElements, childrenNamed, isElement, NS } from "./xml.ts";

/** A response: its one assertion, plain or encrypted, and what is signed. */
export interface ResponseParts {
  readonly assertion: Element;
  readonly isEncrypted: boolean;
  readonly isSigned: boolean;
}

/** @throws {ProviderRefusal} structure.*, signature.algorithm */
export function checkResponseStructure(root: Element): ResponseParts {
  if (!isElement(root, NS.protocol, "Response") || attribute(root, "Version") !== "2.0") refuse("structure.root");
  const elements = allElements(root);
  checkIds(elements);
  const assertions = elements.filter(isNamedAssertion);
  const [assertion] = assertions;
  if (assertion === undefined || assertions.length !== 1)
    return refuse("structure.assertions", String(assertions.length));
  if (assertion.namespaceURI !== NS.assertion || assertion.parentNode !== root) refuse("structure.assertions", "place");
  if (elements.some((element) => element !== root && element.localName === "Response"))
    refuse("structure.assertions", "a response within the response");
  checkSignatures(elements, [root, assertion]);
  return { assertion, isEncrypted: assertion.localName === "EncryptedAssertion", isSigned: hasSignature(root) };
}

/** What an encrypted assertion was inside: an assertion and nothing around it. @throws {ProviderRefusal} */
export function checkAssertionStructure(root: Element): void {
  if (!isElement(root, NS.assertion, "Assertion")) refuse("structure.root");
  const elements = allElements(root);
  checkIds(elements);
  if (elements.filter(isNamedAssertion).length !== 1) refuse("structure.assertions");
  if (elements.some((element) => element.localName === "Response")) refuse("structure.assertions");
  checkSignatures(elements, [root]);
}

/** A sign-out message that brings its signature along. @throws {ProviderRefusal} structure.*, signature.algorithm, logout.unsigned */
export function checkSignOutStructure(root: Element): void {
  const elements = allElements(root);
  checkIds(elements);
  if (elements.some(isNamedAssertion)) refuse("structure.assertions", "in a sign-out message");
  checkSignatures(elements, [root]);
  if (!hasSignature(root)) refuse("logout.unsigned");
}

/** Whether a signature stands right below. */
export const hasSignature = (element: Element): boolean => childrenNamed(element, NS.signature, "Signature").length > 0;

const isNamedAssertion = ({ localName }: Element): boolean =>
  localName === "Assertion" || localName === "EncryptedAssertion";

/** INVARIANT: each id stands once, and only `ID` (`Id` in encryption and signatures) is one. */
function checkIds(elements: readonly Element[]): void {
  const seen = new Set<string>();
  for (const element of elements)
    for (const { name, localName, value } of Array.from(element.attributes)) {
      if ((localName ?? name).toLowerCase() !== "id") continue;
      const isForeign = element.namespaceURI === NS.encryption || element.namespaceURI === NS.signature;
      if (name !== "ID" && !(name === "Id" && isForeign)) refuse("structure.ids", name);
      if (seen.has(value)) refuse("structure.ids", "twice");
      seen.add(value);
    }
}

function checkSignatures(elements: readonly Element[], places: readonly Element[]): void {
  for (const signature of elements.filter(({ localName }) => localName === "Signature")) {
    const parent = places.find((place) => place === signature.parentNode);
    if (signature.namespaceURI !== NS.signature || parent === undefined) return refuse("structure.signature", "place");
    if (childElements(parent).filter(({ localName }) => localName === "Signature").length !== 1)
      refuse("structure.signature", "more than one");
    checkSignature(signature, parent);
  }
}

function checkSignature(signature: Element, signed: Element): void {
  const shape = names(signature);
  if (shape !== "SignedInfo,SignatureValue" && shape !== "SignedInfo,SignatureValue,KeyInfo")
    refuse("structure.signature", shape);
  const [signedInfo] = childElements(signature);
  if (names(signedInfo!) !== "CanonicalizationMethod,SignatureMethod,Reference")
    refuse("structure.signature", "SignedInfo");
  const [canonicalization, method, reference] = childElements(signedInfo!);
  if (attribute(canonicalization!, "Algorithm") !== EXCLUSIVE_C14N) refuse("signature.algorithm", "canonicalization");
  checkAlgorithm(method!, Object.keys(signatureHashes));
  const id = attribute(signed, "ID");
  if (id === null || reference!.getAttribute("URI") !== `#${id}`) refuse("structure.signature", "reference");
  if (names(reference!) !== "Transforms,DigestMethod,DigestValue") refuse("structure.signature", "Reference");
  const [transforms, digest] = childElements(reference!);
  const used = childElements(transforms!).map((transform) => attribute(transform, "Algorithm"));
  if (used.join(" ") !== `${ENVELOPED} ${EXCLUSIVE_C14N}`) refuse("signature.algorithm", "transforms");
  checkAlgorithm(digest!, Object.keys(digestHashes));
}

function checkAlgorithm(element: Element, allowed: readonly string[]): void {
  const algorithm = attribute(element, "Algorithm") ?? "";
  if (!allowed.includes(algorithm)) refuse("signature.algorithm", algorithm);
}

/** Names of the children, all of which must be of xmldsig. */
const names = (element: Element): string =>
  childElements(element)
    .map((child) => (child.namespaceURI === NS.signature ? child.localName : "?"))
    .join();
