/** What a verified sign-out message says. */
import { refuse } from "../refusal.ts";
import { nameIdBelow, type OpeningRules } from "./name-id.ts";
import { allElements, attribute, childrenNamed, isElement, NS, parseXml, textOf } from "./xml.ts";

/** Older requests are refused, with the provider's clock skew added. */
const MAX_AGE_MS = 10 * 60_000;

export interface LogoutRules extends OpeningRules {
  readonly issuer: string;
  /** Our single logout service. */
  readonly destination: string;
  readonly clockSkewMs: number;
  readonly nowMs: number;
}

export interface LogoutRequest {
  readonly id: string;
  readonly nameId: string;
  /** Empty: every sign-in of that person. */
  readonly sessionIndexes: readonly string[];
  /** Until when it could come again, ms of the wall clock. */
  readonly usableUntilMs: number;
}

/** @throws {ProviderRefusal} structure.root, issuer.wrong, destination.wrong, assertion.expired, name_id.missing */
export function readLogoutRequest(verified: string, rules: LogoutRules): LogoutRequest {
  const root = checkedRoot(verified, "LogoutRequest", rules);
  const issuedMs = Date.parse(attribute(root, "IssueInstant") ?? "");
  const usableUntilMs = issuedMs + MAX_AGE_MS + rules.clockSkewMs;
  if (!(usableUntilMs > rules.nowMs)) refuse("assertion.expired", "sign-out");
  if (issuedMs - rules.clockSkewMs - MAX_AGE_MS > rules.nowMs) refuse("assertion.too_early", "sign-out");
  const nameId = textOf(nameIdBelow(root, rules)) || refuse("name_id.missing");
  const id = attribute(root, "ID") ?? refuse("structure.ids", "none");
  const sessionIndexes = childrenNamed(root, NS.protocol, "SessionIndex").map((element) => textOf(element));
  return { id, nameId, sessionIndexes, usableUntilMs };
}

/** The id of the request a LogoutResponse answers. @throws {ProviderRefusal} */
export function readLogoutResponse(verified: string, rules: LogoutRules): string {
  const root = checkedRoot(verified, "LogoutResponse", rules);
  return attribute(root, "InResponseTo") ?? refuse("request.unknown");
}

function checkedRoot(verified: string, name: string, { issuer, destination }: LogoutRules): Element {
  const root = parseXml(verified);
  if (!isElement(root, NS.protocol, name) || allElements(root).filter((one) => one.localName === name).length !== 1)
    refuse("structure.root");
  const said = textOf(childrenNamed(root, NS.assertion, "Issuer")[0]);
  if (said !== issuer) refuse("issuer.wrong", said);
  const to = attribute(root, "Destination");
  if (to !== destination) refuse("destination.wrong", to ?? "none");
  return root;
}
