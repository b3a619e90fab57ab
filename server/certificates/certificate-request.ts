/** Makes a key and the request an authority signs: PKCS #10 (RFC 2986), ECDSA P-256 or RSA 3072. */
import { generateKeyPair, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import {
  bitString,
  contextTag,
  type Der,
  integer,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  set,
  utf8String,
} from "./der.ts";
import { generalName } from "./general-name.ts";
import { writePem } from "./pem.ts";

const OID = {
  commonName: "2.5.4.3",
  organizationName: "2.5.4.10",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  rsaWithSha256: "1.2.840.113549.1.1.11",
  extensionRequest: "1.2.840.113549.1.9.14",
  subjectAltName: "2.5.29.17",
} as const;
const RSA_BITS = 3072;
/** X.520's upper bound of a common name. */
const MAX_COMMON_NAME_LENGTH = 64;

export interface RequestWish {
  /** At least one, each as plainName() gives it; the first is the subject's too where it fits. */
  readonly names: readonly string[];
  /** "": none. */
  readonly organization: string;
  readonly key: "ec" | "rsa";
}
/** DER for programs, PEM for people, and the new key as PKCS #8. */
export interface MadeRequest {
  readonly der: Der;
  readonly requestPem: string;
  readonly keyPem: string;
}

const makeKeys = promisify(generateKeyPair);

/** A new key and its request. An RSA key takes a moment; it is made beside the server's own work. */
export async function makeRequest(wish: RequestWish): Promise<MadeRequest> {
  const { publicKey, privateKey } = await (wish.key === "ec"
    ? makeKeys("ec", { namedCurve: "P-256" })
    : makeKeys("rsa", { modulusLength: RSA_BITS }));
  const body = requestBody(wish, publicKey);
  const algorithm =
    wish.key === "ec"
      ? sequence(objectIdentifier(OID.ecdsaWithSha256))
      : sequence(objectIdentifier(OID.rsaWithSha256), nothing());
  const der = sequence(body, algorithm, bitString(sign("sha256", body, privateKey)));
  const keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { der, requestPem: writePem("CERTIFICATE REQUEST", der), keyPem };
}

function requestBody({ names, organization }: RequestWish, publicKey: KeyObject): Der {
  const commonName = names.find((name) => name.length <= MAX_COMMON_NAME_LENGTH);
  const subject = sequence(
    ...(organization === "" ? [] : [attribute(OID.organizationName, organization)]),
    ...(commonName === undefined ? [] : [attribute(OID.commonName, commonName)]),
  );
  const alternatives = octetString(sequence(...names.map(generalName)));
  const extensions = sequence(sequence(objectIdentifier(OID.subjectAltName), alternatives));
  return sequence(
    integer(Uint8Array.of(0)),
    subject,
    new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
    contextTag(0, sequence(objectIdentifier(OID.extensionRequest), set(extensions))),
  );
}

const attribute = (oid: string, text: string): Der => set(sequence(objectIdentifier(oid), utf8String(text)));
