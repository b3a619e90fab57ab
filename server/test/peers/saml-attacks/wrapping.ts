import { assertionXml, type ForgeKeys, type ForgeWords, responseXml } from "../saml-forge.ts";
import { type Attack, partsOf, toAttack, wordsWith } from "./attack.ts";

const EVIL: Partial<ForgeWords> = { assertionId: "_evil", nameId: "admin@example.com" };

/** Signatures that stand beside what is read. XSW 1 to 8: Somorovsky et al., "On Breaking SAML" (2012). */
export function wrapping(keys: ForgeKeys): Attack[] {
  const evil = assertionXml(wordsWith(EVIL));
  const evilResponse = responseXml(wordsWith({ ...EVIL, responseId: "_evilResponse" }), evil);
  const r = partsOf(keys, "Response");
  const a = partsOf(keys, "Assertion");
  const into = (xml: string, tag: string, content: string): string => xml.replace(`</${tag}>`, `${content}</${tag}>`);
  const behindIssuer = (xml: string, content: string): string =>
    xml.replace("</saml:Issuer>", `</saml:Issuer>${content}`);
  const withObject = (signature: string, content: string): string =>
    into(signature, "ds:Signature", `<ds:Object>${content}</ds:Object>`);
  const evilSigned = behindIssuer(evil, a.signature);
  return [
    [
      "XSW 1: the signed response inside the signature of another",
      behindIssuer(evilResponse, into(r.signature, "ds:Signature", r.unsigned)),
      "structure.assertions",
    ],
    [
      "XSW 2: the signed response beside the signature of another",
      behindIssuer(evilResponse, r.unsigned + r.signature),
      "structure.assertions",
    ],
    [
      "XSW 3: another assertion before the signed one",
      responseXml(wordsWith(), evil + a.assertion),
      "structure.assertions",
    ],
    [
      "XSW 4: the signed assertion inside another",
      responseXml(wordsWith(), into(evil, "saml:Assertion", a.assertion)),
      "structure.assertions",
    ],
    [
      "XSW 5: another assertion with the signature, the signed one behind it",
      responseXml(wordsWith(), evilSigned + a.unsignedAssertion),
      "structure.assertions",
    ],
    [
      "XSW 6: the signed assertion inside the signature of another",
      responseXml(wordsWith(), behindIssuer(evil, into(a.signature, "ds:Signature", a.unsignedAssertion))),
      "structure.assertions",
    ],
    [
      "XSW 7: another assertion in an extension",
      responseXml(wordsWith({ extension: `<samlp:Extensions>${evil}</samlp:Extensions>` }), a.assertion),
      "structure.assertions",
    ],
    [
      "XSW 8: the signed assertion in an object of another's signature",
      responseXml(wordsWith(), behindIssuer(evil, withObject(a.signature, a.unsignedAssertion))),
      "structure.assertions",
    ],
    [
      "another assertion of the signed one's id",
      responseXml(wordsWith(), assertionXml(wordsWith({ nameId: "admin@example.com" })) + a.assertion),
      "structure.ids",
    ],
    [
      "an element of the signed assertion's id",
      responseXml(wordsWith({ extension: `<samlp:Extensions ID="_assertion"/>` }), a.assertion),
      "structure.ids",
    ],
    [
      "an id by another attribute's name",
      responseXml(wordsWith({ extension: `<samlp:Extensions xml:id="_assertion"/>` }), a.assertion),
      "structure.ids",
    ],
    [
      "a lower-case id",
      responseXml(wordsWith({ extension: `<samlp:Extensions id="_x"/>` }), a.assertion),
      "structure.ids",
    ],
    [
      "a signature over another element than its parent",
      responseXml(
        wordsWith({ extension: `<samlp:Extensions ID="_elsewhere"/>` }),
        a.assertion.replace('URI="#_assertion"', 'URI="#_elsewhere"'),
      ),
      "structure.signature",
    ],
    [
      "a signature over the whole document",
      responseXml(wordsWith(), a.assertion.replace('URI="#_assertion"', 'URI=""')),
      "structure.signature",
    ],
    [
      "a signature by an XPointer",
      responseXml(wordsWith(), a.assertion.replace('URI="#_assertion"', `URI="#xpointer(id('_assertion'))"`)),
      "structure.signature",
    ],
    [
      "a signature in the status",
      responseXml(wordsWith(), a.unsignedAssertion).replace("</samlp:Status>", `${a.signature}</samlp:Status>`),
      "structure.signature",
    ],
    [
      "two signatures of one assertion",
      responseXml(wordsWith(), behindIssuer(a.assertion, a.signature)),
      "structure.signature",
    ],
    [
      "a signature of another namespace",
      responseXml(wordsWith(), a.assertion.replaceAll('http://www.w3.org/2000/09/xmldsig#"', 'urn:other"')),
      "structure.signature",
    ],
    [
      "an object in the signature",
      responseXml(wordsWith(), a.assertion.replace(a.signature, withObject(a.signature, "<x/>"))),
      "structure.signature",
    ],
    [
      "two references",
      responseXml(
        wordsWith(),
        a.assertion.replace(/<ds:Reference[^]*?<\/ds:Reference>/u, (one) => one + one),
      ),
      "structure.signature",
    ],
    [
      "an assertion of another namespace",
      responseXml(wordsWith(), evil.replaceAll("urn:oasis:names:tc:SAML:2.0:assertion", "urn:other")),
      "structure.assertions",
    ],
    ["no assertion", responseXml(wordsWith(), ""), "structure.assertions"],
    [
      "two assertions, both signed",
      responseXml(wordsWith(), a.assertion + partsOf(keys, "Assertion").assertion.replaceAll("_assertion", "_second")),
      "structure.assertions",
    ],
    [
      "the signed assertion inside the status",
      responseXml(wordsWith(), "").replace("</samlp:Status>", `${a.assertion}</samlp:Status>`),
      "structure.assertions",
    ],
    ["another root", a.assertion, "structure.root"],
    ["SAML 1.1", a.xml.replace('Version="2.0"', 'Version="1.1"'), "structure.root"],
    ["a logout response as a response", a.xml.replaceAll("samlp:Response", "samlp:LogoutResponse"), "structure.root"],
  ].map(toAttack);
}
