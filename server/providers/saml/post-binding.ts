/** HTTP-POST binding of sign-out messages (SAML 2.0 bindings 3.5): base64 in a form, signed inside the XML. */
import { SignedXml } from "xml-crypto";
import { refuse } from "../refusal.ts";
import { ENVELOPED, EXCLUSIVE_C14N, RSA_SHA256, SHA256 } from "./algorithms.ts";
import { readPostedMessage } from "./message-text.ts";
import type { PostedForm } from "./outgoing.ts";
import type { BoundMessage, MessageName } from "./redirect-binding.ts";
import { verifiedXml } from "./signature.ts";
import type { SigningKey } from "./signing-key.ts";
import { checkSignOutStructure } from "./structure.ts";
import { parseXml } from "./xml.ts";

/** The standard knows 80 bytes; some providers send addresses. */
const MAX_RELAY_STATE_CHARACTERS = 2048;

/** The form to post; the message is signed below its issuer. */
export function postedForm(
  action: string,
  name: MessageName,
  xml: string,
  relayState: string,
  key: SigningKey,
): PostedForm {
  const message = Buffer.from(signedXml(xml, key)).toString("base64");
  return { action, fields: { [name]: message, ...(relayState === "" ? {} : { RelayState: relayState }) } };
}

function signedXml(xml: string, { keyPem, certificatePem }: SigningKey): string {
  const signature = new SignedXml({
    privateKey: keyPem,
    publicCert: certificatePem,
    signatureAlgorithm: RSA_SHA256,
    canonicalizationAlgorithm: EXCLUSIVE_C14N,
  });
  const transforms = [ENVELOPED, EXCLUSIVE_C14N];
  signature.addReference({ xpath: "/*", digestAlgorithm: SHA256, transforms });
  const location = { reference: "/*/*[local-name(.)='Issuer']", action: "after" } as const;
  signature.computeSignature(xml, { location, prefix: "ds" });
  return signature.getSignedXml();
}

/**
 * Reads and verifies the message in a posted form; an unsigned one is refused. What is returned is what the signature vouches
 * for.
 * @throws {ProviderRefusal} message.*, structure.*, logout.unsigned, signature.*
 */
export function readPostedForm(form: URLSearchParams, certificates: readonly string[]): BoundMessage {
  const [requests, responses] = [form.getAll("SAMLRequest"), form.getAll("SAMLResponse")];
  const relayStates = form.getAll("RelayState");
  const [base64] = [...requests, ...responses];
  if (base64 === undefined || requests.length + responses.length !== 1) return refuse("message.form");
  const relayState = relayStates[0] ?? "";
  if (relayStates.length > 1 || relayState.length > MAX_RELAY_STATE_CHARACTERS) refuse("message.form", "RelayState");
  const text = readPostedMessage(base64);
  const root = parseXml(text);
  checkSignOutStructure(root);
  const name = requests.length === 1 ? "SAMLRequest" : "SAMLResponse";
  return { name, xml: verifiedXml(text, root, certificates), relayState };
}
