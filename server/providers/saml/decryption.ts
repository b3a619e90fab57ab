/** Opens an EncryptedAssertion or EncryptedID (XML Encryption 1.1): a content key wrapped by RSA-OAEP, content in AES. */
import { constants, createDecipheriv, privateDecrypt } from "node:crypto";
import { refuse } from "../refusal.ts";
import { contentCiphers, maskHashes, oaepHashes, RSA_OAEP, RSA_OAEP_MGF1P } from "./algorithms.ts";
import { decodeUtf8 } from "./message-text.ts";
import { allElements, attribute, childElements, childrenNamed, isElement, NS } from "./xml.ts";

const GCM_TAG_BYTES = 16;
const MAX_WRAPPED_KEYS = 5;
const NS_ENCRYPTION_11 = "http://www.w3.org/2009/xmlenc11#";

interface EncryptedParts {
  readonly data: Element;
  readonly cipher: (typeof contentCiphers)[string];
}

/** Whether its content is in a mode that can be altered unseen. @throws {ProviderRefusal} encryption.algorithm */
export function isCbcEncrypted(encrypted: Element, allowsCbc: boolean): boolean {
  const { cipher } = partsOf(encrypted);
  if (cipher!.isCbc && !allowsCbc) refuse("encryption.algorithm", "AES-CBC");
  return cipher!.isCbc;
}

/**
 * The text inside. One refusal for every failure, so that nobody learns from it which step failed.
 * @param keys private keys in PEM, tried in turn
 * @throws {ProviderRefusal} encryption.*
 */
export function openEncrypted(encrypted: Element, keys: readonly string[]): string {
  const { data, cipher } = partsOf(encrypted);
  const wrapped = allElements(encrypted).filter((element) => isElement(element, NS.encryption, "EncryptedKey"));
  if (wrapped.length > MAX_WRAPPED_KEYS) refuse("encryption.failed");
  const sealed = cipherValue(data);
  for (const one of wrapped) {
    const hash = oaepHash(one);
    for (const key of keys) {
      const opened = open(sealed, cipherValue(one), key, hash, cipher!);
      if (opened !== null) return decodeUtf8(opened);
    }
  }
  return refuse("encryption.failed");
}

function partsOf(encrypted: Element): EncryptedParts {
  const data = childrenNamed(encrypted, NS.encryption, "EncryptedData");
  if (data.length !== 1) refuse("encryption.failed");
  const algorithm = methodOf(data[0]!);
  const cipher = Object.hasOwn(contentCiphers, algorithm) ? contentCiphers[algorithm] : undefined;
  if (cipher === undefined) return refuse("encryption.algorithm", algorithm);
  return { data: data[0]!, cipher };
}

const encryptionMethod = (element: Element): Element =>
  childrenNamed(element, NS.encryption, "EncryptionMethod")[0] ?? refuse("encryption.algorithm", "none");
const methodOf = (element: Element): string => attribute(encryptionMethod(element), "Algorithm") ?? "";

function oaepHash(encryptedKey: Element): string {
  const method = encryptionMethod(encryptedKey);
  const algorithm = attribute(method, "Algorithm");
  if (algorithm !== RSA_OAEP_MGF1P && algorithm !== RSA_OAEP) refuse("encryption.algorithm", algorithm ?? "");
  const children = childElements(method);
  const digest = children.find((child) => child.localName === "DigestMethod");
  const mask = children.find((child) => isElement(child, NS_ENCRYPTION_11, "MGF"));
  const hash = digest === undefined ? "sha1" : (oaepHashes[attribute(digest, "Algorithm") ?? ""] ?? "");
  const maskHash = mask === undefined ? "sha1" : (maskHashes[attribute(mask, "Algorithm") ?? ""] ?? "");
  if (hash === "" || hash !== maskHash) refuse("encryption.algorithm", "OAEP digest and mask differ");
  return hash;
}

function cipherValue(element: Element): Uint8Array {
  const [data] = childrenNamed(element, NS.encryption, "CipherData");
  const value = data === undefined ? undefined : childrenNamed(data, NS.encryption, "CipherValue")[0];
  return Buffer.from((value ?? refuse("encryption.failed")).textContent ?? "", "base64");
}

function open(
  sealed: Uint8Array,
  wrappedKey: Uint8Array,
  key: string,
  oaepHash: string,
  { cipher, keyBytes, ivBytes, isCbc }: NonNullable<EncryptedParts["cipher"]>,
): Uint8Array | null {
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const contentKey = privateDecrypt({ key, padding, oaepHash }, wrappedKey);
    const tagBytes = isCbc ? 0 : GCM_TAG_BYTES;
    if (contentKey.length !== keyBytes || sealed.length <= ivBytes + tagBytes) return null;
    const iv = sealed.subarray(0, ivBytes);
    const content = sealed.subarray(ivBytes, sealed.length - tagBytes);
    if (isCbc) return openCbc(cipher, contentKey, iv, content);
    const decipher = createDecipheriv(cipher as "aes-256-gcm", contentKey, iv, { authTagLength: GCM_TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
    return Buffer.concat([decipher.update(content), decipher.final()]);
  } catch {
    // Every way to fail is one and the same to whoever sent it.
    return null;
  }
}

/** XML Encryption pads with anything and says in the last byte how much (5.2). */
function openCbc(cipher: string, key: Uint8Array, iv: Uint8Array, content: Uint8Array): Uint8Array | null {
  const decipher = createDecipheriv(cipher, key, iv).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(content), decipher.final()]);
  const padding = padded.at(-1) ?? 0;
  return padding >= 1 && padding <= 16 ? padded.subarray(0, padded.length - padding) : null;
}
