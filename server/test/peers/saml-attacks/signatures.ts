import { type ForgeKeys, responseXml, signed } from "../saml-forge.ts";
import { type Attack, partsOf, toAttack, wordsWith } from "./attack.ts";

/** No signature, a stranger's, another algorithm, an altered message. */
export function signatures(keys: ForgeKeys): Attack[] {
  const a = partsOf(keys, "Assertion");
  const sign = (style: Parameters<typeof signed>[3], key = keys.idp): string =>
    signed(responseXml(wordsWith()), "Assertion", key, style);
  const method = (algorithm: string): string =>
    a.xml.replace("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", algorithm);
  const transform = (algorithm: string, content = ""): string =>
    a.xml.replace(
      /<ds:Transform Algorithm="[^"]*enveloped-signature"\/>/u,
      `<ds:Transform Algorithm="${algorithm}">${content}</ds:Transform>`,
    );
  const xslt = `<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:template match="/"/></xsl:stylesheet>`;
  const digest = /<ds:DigestValue>[^<]*<\/ds:DigestValue>/u;
  return [
    ["no signature", responseXml(wordsWith()), "signature.missing"],
    ["a signature taken away", a.unsigned, "signature.missing"],
    ["signed by somebody else", sign({}, keys.stranger), "signature.wrong"],
    ["signed by somebody else, response too", signed(sign({}, keys.idp), "Response", keys.stranger), "signature.wrong"],
    ["an altered name", a.xml.replace("carol@", "admin@"), "signature.wrong"],
    ["an altered attribute", a.xml.replace(">Support<", ">Admins<"), "signature.wrong"],
    [
      "an altered digest",
      a.xml.replace(digest, `<ds:DigestValue>${Buffer.alloc(32).toString("base64")}</ds:DigestValue>`),
      "signature.wrong",
    ],
    ["an empty digest", a.xml.replace(digest, "<ds:DigestValue></ds:DigestValue>"), "signature.wrong"],
    [
      "an empty signature value",
      a.xml.replace(/<ds:SignatureValue>[^<]*</u, "<ds:SignatureValue><"),
      "signature.wrong",
    ],
    [
      "a digest with another in a child",
      a.xml.replace(digest, (one) => one.replace("</", "<x/></")),
      "signature.wrong",
    ],
    [
      "a signed response with an altered status",
      signed(responseXml(wordsWith()), "Response", keys.idp).replace('IssueInstant="', 'Consent="x" IssueInstant="'),
      "signature.wrong",
    ],
    ["SHA-1", sign({ algorithm: "http://www.w3.org/2000/09/xmldsig#rsa-sha1" }), "signature.algorithm"],
    ["a SHA-1 digest", sign({ digest: "http://www.w3.org/2000/09/xmldsig#sha1" }), "signature.algorithm"],
    [
      "HMAC with the certificate as its key",
      method("http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
      "signature.algorithm",
    ],
    ["HMAC-SHA256", method("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"), "signature.algorithm"],
    [
      "ECDSA, whatever the certificate is for",
      method("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
      "signature.algorithm",
    ],
    ["no algorithm", method(""), "signature.algorithm"],
    ["an algorithm named __proto__", method("__proto__"), "signature.algorithm"],
    ["NA33 an XSLT transform", transform("http://www.w3.org/TR/1999/REC-xslt-19991116", xslt), "signature.algorithm"],
    [
      "an XPath transform",
      transform("http://www.w3.org/TR/1999/REC-xpath-19991116", "<XPath>//x</XPath>"),
      "signature.algorithm",
    ],
    [
      "a third transform",
      a.xml.replace(
        "</ds:Transforms>",
        `<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>`,
      ),
      "signature.algorithm",
    ],
    [
      "no transform",
      a.xml.replace(/<ds:Transforms>[^]*?<\/ds:Transforms>/u, "<ds:Transforms/>"),
      "signature.algorithm",
    ],
    [
      "canonicalization with comments",
      sign({ canonicalization: "http://www.w3.org/2001/10/xml-exc-c14n#WithComments" }),
      "signature.algorithm",
    ],
    [
      "inclusive canonicalization",
      sign({ canonicalization: "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" }),
      "signature.algorithm",
    ],
  ].map(toAttack);
}
