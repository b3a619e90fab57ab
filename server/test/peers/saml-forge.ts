/**
 * An identity provider of the tests' own: builds SAML responses in any shape, right or wrong, and signs and encrypts them
 * with keys of its own.
 */
import { constants, createCipheriv, publicEncrypt, randomBytes, X509Certificate } from "node:crypto";
import { SignedXml } from "xml-crypto";
import { makeSigningKey, type SigningKey } from "../../providers/saml/signing-key.ts";

export const SP = {
  entityId: "https://support.example.com/saml/sp/metadata",
  acsUrl: "https://support.example.com/saml/sp/acs",
  sloUrl: "https://support.example.com/saml/sp/slo",
} as const;
export const IDP_ENTITY_ID = "https://idp.example.com/entity";

/** Keys: the identity provider's, somebody else's, ours. */
export interface ForgeKeys {
  readonly idp: SigningKey;
  readonly stranger: SigningKey;
  readonly ours: SigningKey;
}

export async function makeForgeKeys(): Promise<ForgeKeys> {
  const now = new Date();
  const [idp, stranger, ours] = await Promise.all(["idp", "stranger", "ours"].map((name) => makeSigningKey(name, now)));
  return { idp: idp!, stranger: stranger!, ours: ours! };
}

/** What a response says; everything can be made wrong. */
export interface ForgeWords {
  readonly responseId: string;
  readonly assertionId: string;
  readonly issuer: string;
  readonly audience: string;
  readonly recipient: string;
  readonly destination: string;
  readonly inResponseTo: string;
  readonly nameId: string;
  readonly status: string;
  /** ms from now. */
  readonly notBefore: number;
  readonly notOnOrAfter: number;
  /** Put into the response before its end, and into the assertion before its subject. */
  readonly extension: string;
  readonly attributes: string;
}

export const rightWords: ForgeWords = {
  responseId: "_response",
  assertionId: "_assertion",
  issuer: IDP_ENTITY_ID,
  audience: SP.entityId,
  recipient: SP.acsUrl,
  destination: SP.acsUrl,
  inResponseTo: "",
  nameId: "carol@example.com",
  status: "urn:oasis:names:tc:SAML:2.0:status:Success",
  notBefore: -60_000,
  notOnOrAfter: 300_000,
  extension: "",
  attributes: `<saml:Attribute Name="groups"><saml:AttributeValue>Support</saml:AttributeValue></saml:Attribute>`,
};

const at = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString();
const optional = (name: string, value: string): string => (value === "" ? "" : ` ${name}="${value}"`);

export function assertionXml(words: ForgeWords): string {
  return (
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${words.assertionId}" Version="2.0" ` +
    `IssueInstant="${at(0)}"><saml:Issuer>${words.issuer}</saml:Issuer><saml:Subject>` +
    `<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${words.nameId}</saml:NameID>` +
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData` +
    `${optional("Recipient", words.recipient)} NotOnOrAfter="${at(words.notOnOrAfter)}"` +
    `${optional("InResponseTo", words.inResponseTo)}/></saml:SubjectConfirmation></saml:Subject>` +
    `<saml:Conditions NotBefore="${at(words.notBefore)}" NotOnOrAfter="${at(words.notOnOrAfter)}">` +
    `<saml:AudienceRestriction><saml:Audience>${words.audience}</saml:Audience></saml:AudienceRestriction>` +
    `</saml:Conditions><saml:AuthnStatement AuthnInstant="${at(0)}" SessionIndex="s1"><saml:AuthnContext>` +
    `<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>` +
    `</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>${words.attributes}</saml:AttributeStatement>` +
    `</saml:Assertion>`
  );
}

export function responseXml(words: ForgeWords, content = assertionXml(words)): string {
  return (
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ` +
    `xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${words.responseId}" Version="2.0" IssueInstant="${at(0)}"` +
    `${optional("Destination", words.destination)}${optional("InResponseTo", words.inResponseTo)}>` +
    `<saml:Issuer>${words.issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="${words.status}"/></samlp:Status>` +
    `${words.extension}${content}</samlp:Response>`
  );
}

/** The assertion with its name encrypted, or with what is given in its place; not signed yet. */
export function withEncryptedName(
  words: ForgeWords,
  certificatePem: string,
  style: EncryptionStyle = {},
  name = `<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${words.nameId}</saml:NameID>`,
): string {
  return assertionXml(words).replace(
    /<saml:NameID [^]*?<\/saml:NameID>/u,
    encrypted(name, certificatePem, style, "EncryptedID"),
  );
}

export interface SignatureStyle {
  readonly algorithm?: string;
  readonly digest?: string;
  readonly transforms?: readonly string[];
  readonly canonicalization?: string;
  /** Of its elements, "ds" as Okta's; "" for none, as Entra's. */
  readonly prefix?: string;
  readonly inclusivePrefixes?: readonly string[];
}

const RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
const C14N = "http://www.w3.org/2001/10/xml-exc-c14n#";
const usualTransforms = ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", C14N];

/** Signs the message or its assertion; the signature stands behind the issuer. */
export function signed(
  xml: string,
  element: "Response" | "Assertion" | "LogoutRequest",
  { keyPem, certificatePem }: SigningKey,
  style: SignatureStyle = {},
): string {
  const signature = new SignedXml({
    privateKey: keyPem,
    publicCert: certificatePem,
    signatureAlgorithm: style.algorithm ?? RSA_SHA256,
    canonicalizationAlgorithm: style.canonicalization ?? C14N,
  } as ConstructorParameters<typeof SignedXml>[0]);
  const xpath = `//*[local-name(.)='${element}']`;
  signature.addReference({
    xpath,
    digestAlgorithm: style.digest ?? SHA256,
    transforms: [...(style.transforms ?? usualTransforms)],
    inclusiveNamespacesPrefixList: [...(style.inclusivePrefixes ?? [])],
  });
  const location = { reference: `${xpath}/*[local-name(.)='Issuer']`, action: "after" } as const;
  signature.computeSignature(xml, { location, ...(style.prefix === "" ? {} : { prefix: style.prefix ?? "ds" }) });
  return signature.getSignedXml();
}

export interface EncryptionStyle {
  readonly cipher?: "aes-128-gcm" | "aes-256-gcm" | "aes-128-cbc" | "aes-256-cbc";
  readonly keyAlgorithm?: string;
  /** Changes the ciphertext after it was made. */
  readonly alter?: (ciphertext: Buffer) => void;
}

const cipherNames = {
  "aes-128-gcm": "http://www.w3.org/2009/xmlenc11#aes128-gcm",
  "aes-256-gcm": "http://www.w3.org/2009/xmlenc11#aes256-gcm",
  "aes-128-cbc": "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
  "aes-256-cbc": "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
} as const;
const OAEP = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";

/** An EncryptedAssertion, or with `around` another such element, for a certificate. */
export function encrypted(
  assertion: string,
  certificatePem: string,
  style: EncryptionStyle = {},
  around: "EncryptedAssertion" | "EncryptedID" = "EncryptedAssertion",
): string {
  const cipher = style.cipher ?? "aes-256-gcm";
  const key = randomBytes(cipher.includes("128") ? 16 : 32);
  const content = encryptContent(assertion, cipher, key);
  style.alter?.(content);
  const { publicKey } = new X509Certificate(certificatePem);
  const wrapped = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" }, key);
  const value = (bytes: Buffer): string =>
    `<xenc:CipherData><xenc:CipherValue>${bytes.toString("base64")}</xenc:CipherValue></xenc:CipherData>`;
  return (
    `<saml:${around} xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">` +
    `<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element">` +
    `<xenc:EncryptionMethod Algorithm="${cipherNames[cipher]}"/>` +
    `<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey>` +
    `<xenc:EncryptionMethod Algorithm="${style.keyAlgorithm ?? OAEP}"/>${value(wrapped)}</xenc:EncryptedKey>` +
    `</ds:KeyInfo>${value(content)}</xenc:EncryptedData></saml:${around}>`
  );
}

function encryptContent(text: string, cipher: NonNullable<EncryptionStyle["cipher"]>, key: Buffer): Buffer {
  if (cipher === "aes-128-gcm" || cipher === "aes-256-gcm") {
    const iv = randomBytes(12);
    const sealing = createCipheriv(cipher, key, iv);
    return Buffer.concat([iv, sealing.update(text, "utf8"), sealing.final(), sealing.getAuthTag()]);
  }
  const iv = randomBytes(16);
  const sealing = createCipheriv(cipher, key, iv);
  return Buffer.concat([iv, sealing.update(text, "utf8"), sealing.final()]);
}

/** As the form carries it. */
export const posted = (xml: string): string => Buffer.from(xml).toString("base64");
