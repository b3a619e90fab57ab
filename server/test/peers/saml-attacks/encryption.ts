import { assertionXml, encrypted, type ForgeKeys, responseXml, signed, withEncryptedName } from "../saml-forge.ts";
import { type Attack, toAttack, wordsWith } from "./attack.ts";
import { LAUGHS } from "./texts.ts";

/** Encrypted for us by anybody, or so that it could be altered. */
export function encryption(keys: ForgeKeys): Attack[] {
  const assertion = signed(assertionXml(wordsWith()), "Assertion", keys.idp);
  const unsigned = assertionXml(wordsWith());
  const { certificatePem } = keys.ours;
  const wrap = (content: string, style?: Parameters<typeof encrypted>[2]): string =>
    responseXml(wordsWith(), encrypted(content, certificatePem, style));
  const flip = (bytes: Buffer): void => {
    bytes[bytes.length >> 1]! ^= 1;
  };
  return [
    ["an encrypted assertion nobody signed", wrap(unsigned), "signature.missing"],
    ["an encrypted assertion a stranger signed", wrap(signed(unsigned, "Assertion", keys.stranger)), "signature.wrong"],
    ["an altered ciphertext", wrap(assertion, { alter: flip }), "encryption.failed"],
    [
      "a ciphertext that is cut off",
      wrap(assertion).replace(
        /[A-Za-z0-9+/]{40}(=*<\/xenc:CipherValue><\/xenc:CipherData><\/xenc:EncryptedData>)/u,
        "$1",
      ),
      "encryption.failed",
    ],
    ["AES-CBC in a response nobody signed", wrap(assertion, { cipher: "aes-256-cbc" }), "encryption.algorithm"],
    ["RSA 1.5", wrap(assertion, { keyAlgorithm: "http://www.w3.org/2001/04/xmlenc#rsa-1_5" }), "encryption.algorithm"],
    [
      "Triple DES",
      wrap(assertion).replace(
        "http://www.w3.org/2009/xmlenc11#aes256-gcm",
        "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
      ),
      "encryption.algorithm",
    ],
    [
      "for another key",
      responseXml(wordsWith(), encrypted(assertion, keys.stranger.certificatePem)),
      "encryption.failed",
    ],
    ...names(keys),
    ["encrypted words that are no assertion", wrap("<x/>"), "structure.root"],
    ["an encrypted response", wrap(signed(responseXml(wordsWith()), "Assertion", keys.idp)), "structure.root"],
    ["two assertions in one ciphertext", wrap(assertion + assertion), "message.not_xml"],
    ["a DTD in the ciphertext", wrap(LAUGHS + assertion), "message.declarations"],
    [
      "another assertion around the signed one, encrypted",
      wrap(unsigned.replace("_assertion", "_evil").replace("</saml:Subject>", `</saml:Subject>${assertion}`)),
      "structure.assertions",
    ],
    [
      "an encrypted assertion beside a plain one",
      responseXml(wordsWith(), encrypted(assertion, certificatePem) + assertion),
      "structure.assertions",
    ],
  ].map(toAttack);
}

/** A name that was encrypted, or that somebody would like to have been. */
function names({ idp, ours, stranger }: ForgeKeys): Parameters<typeof toAttack>[0][] {
  const { certificatePem } = ours;
  const xmlns = `xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"`;
  const named = (name?: string, style?: Parameters<typeof encrypted>[2], pem = certificatePem): string =>
    withEncryptedName(wordsWith(), pem, style, name);
  const sent = (assertion: string): string => responseXml(wordsWith(), signed(assertion, "Assertion", idp));
  const evil = `<saml:NameID ${xmlns}>admin@example.com</saml:NameID>`;
  const sealed = encrypted(evil, certificatePem, {}, "EncryptedID");
  const flip = (bytes: Buffer): void => {
    bytes[bytes.length >> 1]! ^= 1;
  };
  return [
    ["an encrypted name in an assertion nobody signed", responseXml(wordsWith(), named()), "signature.missing"],
    [
      "an encrypted name put into a signed assertion",
      sent(named()).replace(/<saml:EncryptedID [^]*<\/saml:EncryptedID>/u, sealed),
      "signature.wrong",
    ],
    [
      "an encrypted name beside a plain one",
      sent(assertionXml(wordsWith()).replace("<saml:NameID ", `${sealed}<saml:NameID `)),
      "assertion.incomplete",
    ],
    [
      "two encrypted names",
      sent(named().replace("<saml:EncryptedID ", `${sealed}<saml:EncryptedID `)),
      "assertion.incomplete",
    ],
    ["an altered encrypted name", sent(named(undefined, { alter: flip })), "encryption.failed"],
    ["a name encrypted for another key", sent(named(undefined, {}, stranger.certificatePem)), "encryption.failed"],
    ["a name in AES-CBC", sent(named(undefined, { cipher: "aes-128-cbc" })), "encryption.algorithm"],
    ["a DTD in an encrypted name", sent(named(LAUGHS + evil)), "message.declarations"],
    ["an encrypted name that is a base id", sent(named(`<saml:BaseID ${xmlns}/>`)), "structure.root"],
    ["an assertion in place of an encrypted name", sent(named(assertionXml(wordsWith()))), "structure.root"],
    ["an element below an encrypted name", sent(named(evil.replace("admin", "<saml:x/>admin"))), "structure.root"],
    ["an encrypted name that names nobody", sent(named(`<saml:NameID ${xmlns}> </saml:NameID>`)), "name_id.missing"],
    [
      "an encrypted name of one time",
      sent(named(evil.replace(xmlns, `${xmlns} Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"`))),
      "name_id.transient",
    ],
  ];
}
