/** What may sign and encrypt; anything else is refused (no SHA-1, no RSA 1.5, no transform beyond these two). */
export const EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#";
export const ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

export const RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/** Signature algorithms with the hash node:crypto knows. ECDSA is none: the library that verifies does not know it. */
export const signatureHashes: Readonly<Record<string, string>> = {
  [RSA_SHA256]: "sha256",
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": "sha512",
};

export const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";

/** Digests with the hash node:crypto knows. */
export const digestHashes: Readonly<Record<string, string>> = {
  [SHA256]: "sha256",
  "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
};

interface ContentCipher {
  readonly cipher: string;
  readonly keyBytes: number;
  readonly ivBytes: number;
  /** CBC can be altered unseen: only behind a signed response, and only where a provider's switch says so. */
  readonly isCbc: boolean;
}
export const contentCiphers: Readonly<Record<string, ContentCipher>> = {
  "http://www.w3.org/2009/xmlenc11#aes128-gcm": { cipher: "aes-128-gcm", keyBytes: 16, ivBytes: 12, isCbc: false },
  "http://www.w3.org/2009/xmlenc11#aes256-gcm": { cipher: "aes-256-gcm", keyBytes: 32, ivBytes: 12, isCbc: false },
  "http://www.w3.org/2001/04/xmlenc#aes128-cbc": { cipher: "aes-128-cbc", keyBytes: 16, ivBytes: 16, isCbc: true },
  "http://www.w3.org/2001/04/xmlenc#aes256-cbc": { cipher: "aes-256-cbc", keyBytes: 32, ivBytes: 16, isCbc: true },
};

export const RSA_OAEP_MGF1P = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
export const RSA_OAEP = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
/** Digests of RSA-OAEP; its mask function has to use the same one. */
export const oaepHashes: Readonly<Record<string, string>> = {
  "http://www.w3.org/2000/09/xmldsig#sha1": "sha1",
  "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
};
export const maskHashes: Readonly<Record<string, string>> = {
  "http://www.w3.org/2009/xmlenc11#mgf1sha1": "sha1",
  "http://www.w3.org/2009/xmlenc11#mgf1sha256": "sha256",
};
