/** SAML for one provider: what is sent to it and what its answers prove. Loaded when the first provider needs it. */
import type { ProviderAddresses } from "../provider-addresses.ts";
import type { Proof } from "../provider-sign-ins.ts";
import type { SamlProvider } from "../provider.ts";
import { refuse } from "../refusal.ts";
import { type LogoutRules, readLogoutRequest, readLogoutResponse } from "./logout-message.ts";
import type { OpeningRules } from "./name-id.ts";
import type { Outgoing } from "./outgoing.ts";
import { postedForm, readPostedForm } from "./post-binding.ts";
import { type MessageName, readRedirect, redirectUrl } from "./redirect-binding.ts";
import { authnRequest, logoutRequest, logoutResponse } from "./requests.ts";
import { parseResponse, type UnverifiedResponse, verifyResponse } from "./response.ts";
import type { SigningKey } from "./signing-key.ts";

/** A provider with the addresses it knows us by. */
export interface SamlPeer {
  readonly provider: SamlProvider;
  readonly ours: ProviderAddresses;
}

/** What a verified response brings. */
export interface SamlProof extends Proof {
  readonly assertionId: string;
  /** Until when it has to be remembered as used, ms of the wall clock. */
  readonly usableUntilMs: number;
}

/** Where the browser goes to sign in. */
export function signInUrl({ provider, ours }: SamlPeer, id: string, at: Date): string {
  const { signInUrl: destination, signsRequests } = provider.config;
  const xml = authnRequest({ id, at, destination, issuer: ours.entityId, acsUrl: ours.acsUrl });
  return redirectUrl(destination, "SAMLRequest", xml, "", signsRequests ? signingKey(provider).keyPem : null);
}

/** @throws {ProviderRefusal} message.*, structure.root */
export function readPosted(base64: string): UnverifiedResponse {
  return parseResponse(base64);
}

/** @throws {ProviderRefusal} */
export function prove(
  { provider, ours }: SamlPeer,
  response: UnverifiedResponse,
  inResponseTo: string | null,
  nowMs: number,
): SamlProof {
  const { config } = provider;
  const rules = {
    audience: ours.entityId,
    recipient: ours.acsUrl,
    issuer: config.entityId,
    clockSkewMs: config.clockSkewSeconds * 1000,
    nowMs,
    certificates: config.certificates,
    wantsEncrypted: config.wantsEncryptedAssertions,
    ...openingRules(provider),
  };
  const said = verifyResponse(response, rules, inResponseTo);
  return {
    person: { externalId: said.nameId, defaultUsername: said.nameId, attributes: said.attributes },
    session: { nameId: said.nameId, sessionIndex: said.sessionIndex },
    assertionId: said.assertionId,
    usableUntilMs: said.usableUntilMs,
  };
}

/** How the browser goes to sign out there, too; `null` where the provider has no such address. */
export function signOutRequest(
  { provider, ours }: SamlPeer,
  session: { readonly nameId: string; readonly sessionIndex: string },
  id: string,
  at: Date,
): Outgoing | null {
  const destination = provider.config.signOutUrl;
  if (destination === null) return null;
  const xml = logoutRequest({ id, at, destination, issuer: ours.entityId, ...session });
  return signOutMessage(provider, destination, "SAMLRequest", xml, "");
}

function signOutMessage(
  provider: SamlProvider,
  destination: string,
  name: MessageName,
  xml: string,
  relayState: string,
): Outgoing {
  const key = signingKey(provider);
  return provider.config.signOutBinding === "post"
    ? { form: postedForm(destination, name, xml, relayState, key) }
    : { url: redirectUrl(destination, name, xml, relayState, key.keyPem) };
}

/** A sign-out message: the provider ends sign-ins here, or answers ours. */
export type SignOutMessage =
  | {
      readonly kind: "request";
      readonly id: string;
      readonly nameId: string;
      readonly sessionIndexes: readonly string[];
      readonly usableUntilMs: number;
      readonly relayState: string;
    }
  | { readonly kind: "response"; readonly inResponseTo: string };

/** A sign-out message as the browser brought it: the query of a redirect, as it came, or a posted form. */
export type ArrivedSignOut = { readonly query: string } | { readonly form: URLSearchParams };

/** @throws {ProviderRefusal} */
export function readSignOut({ provider, ours }: SamlPeer, arrived: ArrivedSignOut, nowMs: number): SignOutMessage {
  const { config } = provider;
  const message =
    "form" in arrived
      ? readPostedForm(arrived.form, config.certificates)
      : readRedirect(arrived.query, config.certificates);
  const clockSkewMs = config.clockSkewSeconds * 1000;
  const expected = { issuer: config.entityId, destination: ours.sloUrl, clockSkewMs, nowMs };
  const rules: LogoutRules = { ...expected, ...openingRules(provider) };
  if (message.name === "SAMLResponse")
    return { kind: "response", inResponseTo: readLogoutResponse(message.xml, rules) };
  return { kind: "request", relayState: message.relayState, ...readLogoutRequest(message.xml, rules) };
}

/** How the browser goes with our answer to the provider's sign-out. */
export function signOutAnswer(
  { provider, ours }: SamlPeer,
  request: { id: string; relayState: string },
  id: string,
  at: Date,
): Outgoing {
  const { signOutUrl, signOutAnswerUrl = null } = provider.config;
  const destination =
    signOutAnswerUrl ?? signOutUrl ?? refuse("destination.wrong", "the provider has no sign-out address");
  const xml = logoutResponse({ id, at, destination, issuer: ours.entityId, inResponseTo: request.id });
  return signOutMessage(provider, destination, "SAMLResponse", xml, request.relayState);
}

const openingRules = ({ config, secrets }: SamlProvider): OpeningRules => ({
  decryptionKeys: (secrets.signingKeys ?? []).map(({ keyPem }) => keyPem),
  allowsCbc: config.allowsCbc,
});

function signingKey({ secrets, name }: SamlProvider): SigningKey {
  const [first] = secrets.signingKeys ?? [];
  if (first === undefined) throw new Error(`the SAML provider ${name} has no signing key`);
  return first;
}
