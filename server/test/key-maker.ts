/** Somebody who makes security keys: an authority of its own, and certificates for the keys it makes. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import {
  bitString,
  boolean,
  contextTag,
  type Der,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from "../certificates/der.ts";

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const MODEL = "1.3.6.1.4.1.45724.1.1.4";
const BASIC_CONSTRAINTS = "2.5.29.19";
const oids = { C: "2.5.4.6", O: "2.5.4.10", OU: "2.5.4.11", CN: "2.5.4.3" } as const;
type Name = Readonly<Partial<Record<keyof typeof oids, string>>>;

/** What a key is made with. */
export interface MadeKey {
  /** DER, its own first; the root is not among them. */
  readonly chain: readonly Uint8Array[];
  readonly key: KeyObject;
}
export interface KeyMaker {
  readonly rootPem: string;
  /** A key's certificate, below one in between; with `aaguid` it names its model. */
  make(wish?: { readonly days?: number; readonly isIssuerAuthority?: boolean; readonly aaguid?: string }): MadeKey;
}

export function keyMaker(name: string, now = new Date()): KeyMaker {
  const root = { name: { CN: name }, ...newKeys() };
  const certify = (subject: Holder, issuer: Holder, isAuthority: boolean, days = 30, aaguid = ""): Uint8Array =>
    certificate({ subject, issuer, isAuthority, from: new Date(now.getTime() - DAY_MS), days, aaguid });
  return {
    rootPem: new X509Certificate(certify(root, root, true)).toString().trim(),
    make: ({ days = 30, isIssuerAuthority = true, aaguid = "" } = {}) => {
      const between = { name: { CN: `${name} Issuing` }, ...newKeys() };
      const own = { name: { C: "DE", O: name, OU: "Authenticator Attestation", CN: `${name} Key` }, ...newKeys() };
      const chain = [certify(own, between, false, days, aaguid), certify(between, root, isIssuerAuthority)];
      return { chain, key: own.privateKey };
    },
  };
}

interface Holder {
  readonly name: Name;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const newKeys = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const algorithm = (): Der => sequence(objectIdentifier(ECDSA_WITH_SHA256));
const nameOf = (name: Name): Der =>
  sequence(
    ...(Object.keys(name) as (keyof Name)[]).map((part) =>
      set(sequence(objectIdentifier(oids[part]), utf8String(name[part] ?? ""))),
    ),
  );

function certificate(wish: {
  readonly subject: Holder;
  readonly issuer: Holder;
  readonly isAuthority: boolean;
  readonly from: Date;
  readonly days: number;
  /** "": it says nothing of its model. */
  readonly aaguid: string;
}): Uint8Array {
  const { subject, issuer, isAuthority, from, days, aaguid } = wish;
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  const constraints = sequence(...(isAuthority ? [boolean(true)] : []));
  const extension = sequence(objectIdentifier(BASIC_CONSTRAINTS), boolean(true), octetString(constraints));
  const model = octetString(octetString(Buffer.from(aaguid.replaceAll("-", ""), "hex")));
  const extensions = aaguid === "" ? [extension] : [extension, sequence(objectIdentifier(MODEL), model)];
  const body = sequence(
    contextTag(0, integer(Uint8Array.of(2))),
    integer(serial),
    algorithm(),
    nameOf(issuer.name),
    sequence(time(from), time(new Date(from.getTime() + days * DAY_MS))),
    nameOf(subject.name),
    new Uint8Array(subject.publicKey.export({ type: "spki", format: "der" })),
    contextTag(3, sequence(...extensions)),
  );
  return sequence(body, algorithm(), bitString(new Uint8Array(sign("sha256", body, issuer.privateKey))));
}
