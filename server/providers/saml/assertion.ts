/** What a verified assertion says, and whether it says it to us, now. Its input is nothing but verified bytes. */
import { refuse } from "../refusal.ts";
import { nameIdBelow, type OpeningRules } from "./name-id.ts";
import { attribute, childElements, childrenNamed, isElement, NS, parseXml, textOf } from "./xml.ts";

const BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
const MAX_ATTRIBUTES = 500;
const MAX_VALUES = 5000;

/** What the assertion has to fit. */
export interface AssertionRules extends OpeningRules {
  /** Our entity id. */
  readonly audience: string;
  /** Our assertion consumer service. */
  readonly recipient: string;
  /** The identity provider's entity id. */
  readonly issuer: string;
  readonly clockSkewMs: number;
  /** The id of the request it answers; null: it began at the identity provider. */
  readonly inResponseTo: string | null;
  readonly nowMs: number;
}

export interface AssertedIdentity {
  readonly assertionId: string;
  readonly nameId: string;
  readonly sessionIndex: string;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  /** Until when it could be used again, ms of the wall clock. */
  readonly usableUntilMs: number;
}

/** @throws {ProviderRefusal} issuer.wrong, audience.wrong, recipient.wrong, assertion.*, name_id.*, encryption.*, subject.unconfirmed */
export function readAssertion(verified: string, rules: AssertionRules): AssertedIdentity {
  const assertion = parseXml(verified);
  if (!isElement(assertion, NS.assertion, "Assertion") || attribute(assertion, "Version") !== "2.0")
    refuse("structure.root");
  const assertionId = attribute(assertion, "ID") ?? refuse("structure.ids", "none");
  const issuer = textOf(only(assertion, "Issuer"));
  if (issuer !== rules.issuer) refuse("issuer.wrong", issuer);
  const subject = only(assertion, "Subject");
  const nameId = readNameId(nameIdBelow(subject, rules));
  const confirmedUntilMs = checkConfirmation(subject, rules);
  const conditionsUntilMs = checkConditions(only(assertion, "Conditions"), rules);
  const statement = only(assertion, "AuthnStatement");
  const sessionEndMs = timeOf(statement, "SessionNotOnOrAfter");
  if (sessionEndMs !== null && sessionEndMs + rules.clockSkewMs <= rules.nowMs) refuse("assertion.expired", "session");
  return {
    assertionId,
    nameId,
    sessionIndex: attribute(statement, "SessionIndex") ?? "",
    attributes: readAttributes(assertion),
    usableUntilMs: Math.max(confirmedUntilMs, conditionsUntilMs) + rules.clockSkewMs,
  };
}

function only(parent: Element, name: string): Element {
  const found = childrenNamed(parent, NS.assertion, name);
  if (found.length > 1) refuse("assertion.incomplete", `${name} twice`);
  return found[0] ?? refuse("assertion.incomplete", name);
}

function readNameId(element: Element): string {
  if (attribute(element, "Format") === TRANSIENT) refuse("name_id.transient");
  return textOf(element) || refuse("name_id.missing");
}

/** One bearer confirmation has to hold; the end of the one that does. */
function checkConfirmation(subject: Element, rules: AssertionRules): number {
  const data = childrenNamed(subject, NS.assertion, "SubjectConfirmation")
    .filter((confirmation) => attribute(confirmation, "Method") === BEARER)
    .map((confirmation) => childrenNamed(confirmation, NS.assertion, "SubjectConfirmationData"))
    .flatMap((found) => (found.length === 1 ? found : []));
  const [first] = data;
  if (first === undefined || data.length !== 1) return refuse("subject.unconfirmed");
  if (first.getAttribute("NotBefore")) refuse("subject.unconfirmed", "NotBefore");
  const recipient = attribute(first, "Recipient");
  if (recipient !== rules.recipient) refuse("recipient.wrong", recipient ?? "none");
  const answers = attribute(first, "InResponseTo");
  if (answers !== rules.inResponseTo) refuse("request.unknown", answers ?? "none");
  const endMs = timeOf(first, "NotOnOrAfter") ?? refuse("subject.unconfirmed", "no end");
  if (endMs + rules.clockSkewMs <= rules.nowMs) refuse("assertion.expired", "subject");
  return endMs;
}

function checkConditions(conditions: Element, { clockSkewMs, nowMs, audience }: AssertionRules): number {
  const beginMs = timeOf(conditions, "NotBefore");
  const endMs = timeOf(conditions, "NotOnOrAfter") ?? refuse("assertion.incomplete", "no end");
  if (endMs + clockSkewMs <= nowMs) refuse("assertion.expired", new Date(endMs).toISOString());
  if (beginMs !== null && beginMs - clockSkewMs > nowMs) refuse("assertion.too_early", new Date(beginMs).toISOString());
  const restrictions = childrenNamed(conditions, NS.assertion, "AudienceRestriction");
  const isForUs = (restriction: Element): boolean =>
    childrenNamed(restriction, NS.assertion, "Audience").some((one) => textOf(one) === audience);
  if (restrictions.length === 0 || !restrictions.every(isForUs))
    refuse("audience.wrong", restrictions.map((one) => textOf(one)).join(" "));
  return endMs;
}

function timeOf(element: Element, name: string): number | null {
  const text = attribute(element, name);
  if (text === null) return null;
  const ms = Date.parse(text);
  return Number.isFinite(ms) ? ms : refuse("assertion.incomplete", name);
}

function readAttributes(assertion: Element): ReadonlyMap<string, readonly string[]> {
  const attributes = new Map<string, string[]>();
  let count = 0;
  for (const statement of childrenNamed(assertion, NS.assertion, "AttributeStatement"))
    for (const element of childrenNamed(statement, NS.assertion, "Attribute")) {
      const name = attribute(element, "Name");
      if (name === null || attributes.size >= MAX_ATTRIBUTES) continue;
      const values = attributes.get(name) ?? [];
      attributes.set(name, values);
      for (const value of childElements(element)) if ((count += 1) <= MAX_VALUES) values.push(textOf(value));
    }
  return attributes;
}
