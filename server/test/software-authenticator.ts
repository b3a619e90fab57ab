/** A security key in software: real CBOR, COSE and ES256 signatures, with every lie a test may want told. */
import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { MadeKey } from "./key-maker.ts";

/** CBOR as far as authenticators need it. */
export type CborValue = number | string | Uint8Array | readonly CborValue[] | Map<CborValue, CborValue>;

export function encodeCbor(value: CborValue): Buffer {
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Map) {
    const parts = Array.from(value, ([key, item]) => Buffer.concat([encodeCbor(key), encodeCbor(item)]));
    return Buffer.concat([head(5, value.size), ...parts]);
  }
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(4, value.length), ...value.map(encodeCbor)]);
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.of((major << 5) | length);
  if (length < 256) return Buffer.of((major << 5) | 24, length);
  return Buffer.of((major << 5) | 25, length >> 8, length & 255);
}

/** What is said otherwise than the truth. */
export interface Lies {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  /** The person was not asked for a PIN or a finger. */
  readonly isUnverified?: boolean;
  /** Signed with a key nobody has registered. */
  readonly hasOtherKey?: boolean;
  readonly counter?: number;
  readonly userHandle?: string;
  readonly type?: string;
  /** What vouches for the model: a maker, or the credential's own key ("self"). Nothing does where this is absent. */
  readonly attestation?: MadeKey | "self";
}
interface Creation {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
}
interface Request {
  readonly challenge: string;
  readonly rpId: string;
}

export class SoftwareAuthenticator {
  readonly id = randomBytes(32);
  counter = 0;
  #key: KeyObject | null = null;
  #userHandle = "";
  /** @param origin of the page that asks; @param step how far the counter goes each time: 0 for keys that sync */
  constructor(
    readonly origin: string,
    readonly step = 1,
    readonly aaguid = Buffer.alloc(16),
  ) {}

  /** A credential as toJSON() gives it after create(). */
  create(options: unknown, lies: Lies = {}): unknown {
    const { challenge, rp, user } = options as Creation;
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#key = privateKey;
    this.#userHandle = user.id;
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    const cose = new Map<CborValue, CborValue>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, "base64url")],
      [-3, Buffer.from(y, "base64url")],
    ]);
    const attested = [this.aaguid, Buffer.of(0, this.id.length), this.id, encodeCbor(cose)];
    const authData = Buffer.concat([this.#authenticatorData(rp.id, 0x40, lies), ...attested]);
    const client = this.#clientData("webauthn.create", challenge, lies);
    const attestation = new Map<CborValue, CborValue>([
      ["fmt", lies.attestation === undefined ? "none" : "packed"],
      ["attStmt", statement(lies.attestation, privateKey, authData, client)],
      ["authData", authData],
    ]);
    const attestationObject = encodeCbor(attestation).toString("base64url");
    return this.#credential({ clientDataJSON: client.toString("base64url"), attestationObject, transports: ["usb"] });
  }

  /** A credential as toJSON() gives it after get(). */
  get(options: unknown, lies: Lies = {}): unknown {
    const { challenge, rpId } = options as Request;
    this.counter += this.step;
    const authData = this.#authenticatorData(rpId, 0, lies);
    const client = this.#clientData("webauthn.get", challenge, lies);
    const signed = Buffer.concat([authData, createHash("sha256").update(client).digest()]);
    const key = lies.hasOtherKey === true ? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey : this.#key!;
    return this.#credential({
      clientDataJSON: client.toString("base64url"),
      authenticatorData: authData.toString("base64url"),
      signature: createSign("sha256").update(signed).sign(key).toString("base64url"),
      userHandle: lies.userHandle ?? this.#userHandle,
    });
  }

  #credential(response: object): unknown {
    const id = this.id.toString("base64url");
    return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response };
  }

  #authenticatorData(rpId: string, flags: number, lies: Lies): Buffer {
    const verified = lies.isUnverified === true ? 0 : 4;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(lies.counter ?? this.counter);
    const hash = createHash("sha256").update(lies.rpId ?? rpId);
    return Buffer.concat([hash.digest(), Buffer.of(flags | 1 | verified), counter]);
  }

  #clientData(type: string, challenge: string, lies: Lies): Buffer {
    const origin = lies.origin ?? this.origin;
    const said = { type: lies.type ?? type, challenge: lies.challenge ?? challenge, origin, crossOrigin: false };
    return Buffer.from(JSON.stringify(said));
  }
}

/** An attestation statement of the format "packed", or none (WebAuthn Level 3, 8.2 and 8.7). */
function statement(
  attestation: Lies["attestation"],
  ownKey: KeyObject,
  authData: Buffer,
  client: Buffer,
): Map<CborValue, CborValue> {
  if (attestation === undefined) return new Map();
  const signed = Buffer.concat([authData, createHash("sha256").update(client).digest()]);
  const sig = createSign("sha256")
    .update(signed)
    .sign(attestation === "self" ? ownKey : attestation.key);
  const chain: [CborValue, CborValue][] = attestation === "self" ? [] : [["x5c", attestation.chain]];
  return new Map<CborValue, CborValue>([["alg", -7], ["sig", sig], ...chain]);
}
