import type { RefusalReason } from "../../../../protocol/provider-refusals.ts";
import { type ForgeKeys, type ForgeWords, responseXml, rightWords, signed } from "../saml-forge.ts";

/** What somebody could send to become somebody else, and the code it is refused by. */
export interface Attack {
  readonly name: string;
  readonly xml: string;
  readonly code: RefusalReason;
}

/** Name, message, code. */
export const toAttack = ([name, xml, code]: readonly string[]): Attack => ({
  name: name!,
  xml: xml!,
  code: code as RefusalReason,
});

/** The right words, some changed. */
export const wordsWith = (changes: Partial<ForgeWords> = {}): ForgeWords => ({ ...rightWords, ...changes });

/** The parts of a signed message, to be put together wrongly. */
export function partsOf(keys: ForgeKeys, element: "Response" | "Assertion") {
  const xml = signed(responseXml(wordsWith()), element, keys.idp);
  const signature = /<ds:Signature\b[^]*?<\/ds:Signature>/u.exec(xml)![0];
  const unsigned = xml.replace(signature, "");
  const assertion = /<saml:Assertion\b[^]*<\/saml:Assertion>/u.exec(xml)![0];
  const unsignedAssertion = assertion.replace(signature, "");
  return { xml, signature, unsigned, assertion, unsignedAssertion };
}
