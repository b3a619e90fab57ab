/**
 * What people have sent to SAML service providers to become somebody else: each a message and the code it is refused by.
 * Signature wrapping 1 to 8 is of Somorovsky et al., "On Breaking SAML" (2012); the rest follows published advisories.
 */
import type { RefusalReason } from "../../../protocol/provider-refusals.ts";
import { encryption } from "./saml-attacks/encryption.ts";
import { signatures } from "./saml-attacks/signatures.ts";
import { statements } from "./saml-attacks/statements.ts";
import { texts } from "./saml-attacks/texts.ts";
import { wrapping } from "./saml-attacks/wrapping.ts";
import { type ForgeKeys, posted } from "./saml-forge.ts";

export interface PostedAttack {
  readonly name: string;
  /** base64, as posted. */
  readonly message: string;
  readonly code: RefusalReason;
}

export function samlAttacks(keys: ForgeKeys): PostedAttack[] {
  const all = [wrapping, signatures, statements, texts, encryption].flatMap((attacks) => attacks(keys));
  return all.map(({ name, xml, code }) => ({ name, code, message: posted(xml) }));
}
