import { getVerifiedXml } from "@node-saml/node-saml/lib/xml";
import { ProviderRefusal, refuse } from "../refusal.ts";

/**
 * Verifies the signature right below `element` of the document `xml` and returns the bytes it vouches for, canonical: all
 * that is read afterwards comes from them, never from the document (NA36).
 * @throws {ProviderRefusal} signature.wrong
 */
export function verifiedXml(xml: string, element: Element, certificates: readonly string[]): string {
  try {
    return getVerifiedXml(xml, element, [...certificates]) ?? refuse("signature.wrong");
  } catch (error) {
    throw error instanceof ProviderRefusal ? error : new ProviderRefusal("signature.wrong", "", { cause: error });
  }
}
