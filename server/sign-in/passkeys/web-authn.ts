/**
 * WebAuthn as this site uses it. Options are written here, since what they ask for is what the checks rely on;
 * signatures, formats and keys are the library's affair.
 */
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { AppError } from "../../../protocol/errors.ts";
import type { RelyingParty } from "./relying-party.ts";
import type { StoredPasskey } from "./store.ts";

/** ES256, EdDSA, RS256, in the order we like them: what every platform and security key has. */
const ALGORITHMS = [-7, -8, -257];
const TIMEOUT_MS = 300_000;
const MAX_CREDENTIAL_CHARACTERS = 65_536;
const Text = Type.String({ maxLength: MAX_CREDENTIAL_CHARACTERS });
const Extensions = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown());
const common = {
  id: Type.String({ minLength: 1, maxLength: 1400, pattern: "^[A-Za-z0-9_-]+$" }),
  rawId: Type.String({ maxLength: 1400 }),
  type: Type.Literal("public-key"),
  clientExtensionResults: Extensions,
};
/** What toJSON() of a new credential gives, as far as it is read. */
const Creation = Type.Object({
  ...common,
  response: Type.Object({
    clientDataJSON: Text,
    attestationObject: Text,
    transports: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 16 })),
  }),
});
/** What toJSON() of a credential that was asked gives. */
const Assertion = Type.Object({
  ...common,
  response: Type.Object({
    clientDataJSON: Text,
    authenticatorData: Text,
    signature: Text,
    userHandle: Type.Optional(Type.Union([Text, Type.Null()])),
  }),
});
export type Assertion = Static<typeof Assertion>;
const ClientData = Type.Object({ challenge: Type.String({ maxLength: 200 }) });

export interface CreationWish {
  readonly challenge: string;
  readonly user: { readonly id: string; readonly username: string; readonly displayName: string };
  /** The account's present keys: a key holds one passkey of an account. */
  readonly present: readonly StoredPasskey[];
  /** Whether the key must say which model it is. */
  readonly asksModel: boolean;
}

/** PublicKeyCredentialCreationOptionsJSON. */
export function creationOptions(rp: RelyingParty, { challenge, user, present, asksModel }: CreationWish): unknown {
  return {
    challenge,
    rp: { id: rp.id, name: rp.name },
    user: { id: userHandleOf(user.id), name: user.username, displayName: user.displayName },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
    timeout: TIMEOUT_MS,
    attestation: asksModel ? "direct" : "none",
    excludeCredentials: present.map(toDescriptor),
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
  };
}

/** PublicKeyCredentialRequestOptionsJSON; no passkeys: whichever the person has for this site. */
export function requestOptions(
  rp: RelyingParty,
  challenge: string,
  passkeys: readonly StoredPasskey[],
  isVerificationRequired: boolean,
): unknown {
  const userVerification = isVerificationRequired ? "required" : "preferred";
  return {
    challenge,
    rpId: rp.id,
    timeout: TIMEOUT_MS,
    allowCredentials: passkeys.map(toDescriptor),
    userVerification,
  };
}

/** The challenge a credential answers, before anything of it is believed. @throws {AppError} passkey.refused */
export function challengeOf(credential: unknown): string {
  const shape = Type.Object({ response: Type.Object({ clientDataJSON: Text }) });
  if (!Value.Check(shape, credential)) throw refused("its form is not right");
  try {
    const client: unknown = JSON.parse(Buffer.from(credential.response.clientDataJSON, "base64url").toString("utf8"));
    if (Value.Check(ClientData, client)) return client.challenge;
  } catch (error) {
    throw refused("it cannot be read", error);
  }
  throw refused("it answers nothing");
}

/** @throws {AppError} passkey.refused */
export function readAssertion(credential: unknown): Assertion {
  if (!Value.Check(Assertion, credential)) throw refused("its form is not right");
  return credential;
}

/**
 * A new credential that is right, as it is kept, with the certificates it brings for what it says of its model (DER, its
 * own first; none: it says so by itself, or nothing).
 * @throws {AppError} passkey.refused
 */
export async function verifyCreation(credential: unknown, challenge: string, rp: RelyingParty) {
  if (!Value.Check(Creation, credential)) throw refused("its form is not right");
  const { response, ...rest } = credential;
  const { clientDataJSON, attestationObject, transports = [] } = response;
  const { verifyRegistrationResponse, decodeAttestationObject } = await library();
  const { registrationInfo } = await orRefused(() =>
    verifyRegistrationResponse({
      response: { ...rest, response: { clientDataJSON, attestationObject } },
      expectedChallenge: challenge,
      expectedOrigin: rp.origins,
      expectedRPID: rp.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  if (registrationInfo === undefined) throw refused("it does not prove itself");
  const { aaguid, credential: made, credentialBackedUp: isBackedUp } = registrationInfo;
  const publicKey = Buffer.from(made.publicKey).toString("base64url");
  const key = { id: made.id, publicKey, counter: made.counter, transports, aaguid, isBackedUp };
  // Its signature has been checked; whose it is says the chain.
  return { key, chain: decodeAttestationObject(registrationInfo.attestationObject).get("attStmt").get("x5c") ?? [] };
}

/** What a credential that was asked proved. The counter is compared by whoever calls. @throws {AppError} passkey.refused */
export async function verifyAssertion(
  { response, ...rest }: Assertion,
  challenge: string,
  rp: RelyingParty,
  passkey: StoredPasskey,
  isVerificationRequired: boolean,
): Promise<{ counter: number; isUserVerified: boolean; isBackedUp: boolean }> {
  const { userHandle, ...signed } = response;
  if (typeof userHandle === "string" && userHandle !== userHandleOf(passkey.representative))
    throw refused("it names another account");
  const { verifyAuthenticationResponse } = await library();
  const { verified, authenticationInfo } = await orRefused(() =>
    verifyAuthenticationResponse({
      response: { ...rest, response: signed },
      expectedChallenge: challenge,
      expectedOrigin: rp.origins,
      expectedRPID: rp.id,
      credential: {
        id: passkey.id,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, "base64url")),
        counter: 0,
      },
      requireUserVerification: isVerificationRequired,
    }),
  );
  if (!verified) throw refused("its signature is not right");
  const { newCounter, userVerified, credentialBackedUp } = authenticationInfo;
  return { counter: newCounter, isUserVerified: userVerified, isBackedUp: credentialBackedUp };
}

/**
 * Loaded with the first passkey: it would make every start half as long again. What it checks certificates with wants
 * the polyfill before it, and a bundle that loads late keeps that order only where it is said.
 */
async function library() {
  await import("reflect-metadata");
  const { decodeAttestationObject } = await import("@simplewebauthn/server/helpers");
  return { ...(await import("@simplewebauthn/server")), decodeAttestationObject };
}

async function orRefused<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (error) {
    throw refused("it does not prove itself", error);
  }
}

const userHandleOf = (representative: string): string => Buffer.from(representative, "utf8").toString("base64url");
const toDescriptor = ({ id, transports }: StoredPasskey) => ({ type: "public-key", id, transports });

/** @param because what is wrong, for the person and the log */
export function refused(because: string, cause?: unknown): AppError {
  return new AppError("passkey.refused", `This passkey was not taken: ${because}. Try again, or sign in another way.`, {
    cause,
  });
}
