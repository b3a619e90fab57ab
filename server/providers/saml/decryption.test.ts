import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { temporaryDirectory } from "../../test/temporary-directory.ts";
import { openEncrypted } from "./decryption.ts";
import { makeSigningKey } from "./signing-key.ts";
import { NS, parseXml } from "./xml.ts";

const ASSERTION = `<saml:Assertion xmlns:saml="${NS.assertion}" ID="_a">für Zoë</saml:Assertion>`;
const XMLENC11 = "http://www.w3.org/2009/xmlenc11#";
const OAEP = `<xenc:EncryptionMethod Algorithm="${NS.encryption}rsa-oaep-mgf1p"/>`;

/** A template as xmlsec1 fills it. */
const template = (cipher: string, keyMethod: string): string =>
  `<xenc:EncryptedData xmlns:xenc="${NS.encryption}" Type="${NS.encryption}Element"><xenc:EncryptionMethod Algorithm="${cipher}"/><ds:KeyInfo xmlns:ds="${NS.signature}"><xenc:EncryptedKey>${keyMethod}<ds:KeyInfo><ds:KeyName>ours</ds:KeyName></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>`;

test.each([
  [`${XMLENC11}aes128-gcm`, 128],
  [`${XMLENC11}aes256-gcm`, 256],
  [`${NS.encryption}aes128-cbc`, 128],
  [`${NS.encryption}aes256-cbc`, 256],
])("what xmlsec1 encrypts with %s opens", async (cipher, bits) => {
  using directory = temporaryDirectory();
  const file = (name: string): string => join(directory.path, name);
  const ours = await makeSigningKey("ours", new Date());
  writeFileSync(file("ours.crt"), ours.certificatePem);
  writeFileSync(file("assertion.xml"), ASSERTION);
  writeFileSync(file("template.xml"), template(cipher, OAEP));
  const options = ["--pubkey-cert-pem:ours", file("ours.crt"), "--session-key", `aes-${bits}`];
  const { stdout, stderr } = Bun.spawnSync([
    ...["xmlsec1", "--encrypt", ...options, "--xml-data", file("assertion.xml"), "--node-xpath", "/*"],
    file("template.xml"),
  ]);
  const encrypted = stdout.toString();
  if (!encrypted.includes("CipherValue")) throw new Error(stderr.toString());
  const data = encrypted.replace(/^<\?xml[^>]*>\s*/u, "");
  const element = parseXml(`<saml:EncryptedAssertion xmlns:saml="${NS.assertion}">${data}</saml:EncryptedAssertion>`);
  expect(openEncrypted(element, [ours.keyPem])).toContain("für Zoë</saml:Assertion>");
});
