/**
 * How two appliances prove to each other who they are, inside TLS and whatever its certificate: each signs both keys of
 * this one connection with its own pair key, and what follows is sealed under a key that only these two can compute
 * (SIGMA's signed Diffie-Hellman, X25519 and Ed25519). What was heard on another connection fits no other: nothing can be
 * replayed, and whoever sits in between with a certificate everybody trusts gets nothing. Pure but for the randomness.
 */
import { createHmac, diffieHellman, hkdfSync, timingSafeEqual } from "node:crypto";
import type { LaneWordOf } from "../../../protocol/standby.ts";
import { type EphemeralKey, ephemeralPublicKey, isSignedBy, type PairKeys, signWith } from "./pair-keys.ts";
import { LaneSeal } from "./lane-seal.ts";

const KEY_BYTES = 32;

/** Why a handshake ends; for the log. */
export class HandshakeError extends Error {
  override readonly name = "HandshakeError";
}

/** What is signed: both keys of the connection and both pair keys. */
interface Transcript {
  readonly host: string;
  readonly dialler: string;
  readonly hostKey: string;
  readonly diallerKey: string;
}

/** Both directions of a sealed lane, as one side has them. */
export interface Seals {
  readonly outward: LaneSeal;
  readonly inward: LaneSeal;
}

/** The answer to a challenge. `invitation`: base64url, in place of being known already. */
export function answerChallenge(
  { ephemeral }: LaneWordOf<"challenge">,
  own: { readonly keys: PairKeys; readonly ephemeral: EphemeralKey; readonly invitation: string | null },
  hostKey: string,
): LaneWordOf<"hello"> {
  const transcript = transcriptOf(ephemeral, own.ephemeral.publicKey, hostKey, own.keys.publicKey);
  return {
    ...{ type: "hello", ephemeral: own.ephemeral.publicKey, key: own.keys.publicKey },
    proof: signWith(own.keys, signedBy("dialler", transcript)),
    invitation: own.invitation === null ? null : macOf(own.invitation, transcript),
  };
}

/** Who may come in: the other one of the pair, or whoever holds the invitation. */
export interface Admitted {
  readonly peerKey: string | null;
  readonly invitation: string | null;
}

/**
 * The host's side of what the dialler says.
 * @returns the answer, the seals, and whether it came by the invitation
 * @throws {HandshakeError}
 */
export function welcome(
  hello: LaneWordOf<"hello">,
  own: { readonly keys: PairKeys; readonly ephemeral: EphemeralKey },
  { peerKey, invitation }: Admitted,
): { readonly word: LaneWordOf<"welcome">; readonly seals: Seals; readonly isInvited: boolean } {
  const transcript = transcriptOf(own.ephemeral.publicKey, hello.ephemeral, own.keys.publicKey, hello.key);
  const isInvited = hello.invitation !== null;
  if (isInvited ? !isMac(hello.invitation, invitation, transcript) : hello.key !== peerKey)
    throw new HandshakeError("a stranger: neither the other one of the pair nor invited");
  if (!isSignedBy(hello.key, signedBy("dialler", transcript), hello.proof))
    throw new HandshakeError("the other one's proof does not fit");
  const [toHost, toDialler] = sealsOf(own.ephemeral, hello.ephemeral, transcript);
  const proof = signWith(own.keys, signedBy("host", transcript));
  return {
    word: { type: "welcome", key: own.keys.publicKey, proof },
    seals: { outward: toDialler, inward: toHost },
    isInvited,
  };
}

/** The dialler's side of the answer. @throws {HandshakeError} when it is not the host that was to be met */
export function checkWelcome(
  { key, proof }: LaneWordOf<"welcome">,
  challenge: LaneWordOf<"challenge">,
  own: { readonly keys: PairKeys; readonly ephemeral: EphemeralKey },
  hostKey: string,
): Seals {
  const transcript = transcriptOf(challenge.ephemeral, own.ephemeral.publicKey, hostKey, own.keys.publicKey);
  if (key !== hostKey || !isSignedBy(hostKey, signedBy("host", transcript), proof))
    throw new HandshakeError("somebody else answers there");
  const [toHost, toDialler] = sealsOf(own.ephemeral, challenge.ephemeral, transcript);
  return { outward: toHost, inward: toDialler };
}

const transcriptOf = (host: string, dialler: string, hostKey: string, diallerKey: string): Transcript => ({
  ...{ host, dialler, hostKey, diallerKey },
});

/** The first line keeps a signature from meaning anything else. */
const textOf = ({ host, dialler, hostKey, diallerKey }: Transcript): string =>
  ["causeway standby lane 1", host, dialler, hostKey, diallerKey].join("\n");

const signedBy = (who: "host" | "dialler", transcript: Transcript): Uint8Array =>
  new TextEncoder().encode(`${textOf(transcript)}\n${who}`);

const macOf = (invitation: string, transcript: Transcript): string =>
  createHmac("sha256", Buffer.from(invitation, "base64url")).update(textOf(transcript)).digest("base64url");

function isMac(mac: string | null, invitation: string | null, transcript: Transcript): boolean {
  if (mac === null || invitation === null) return false;
  return timingSafeEqual(Buffer.from(mac, "base64url"), Buffer.from(macOf(invitation, transcript), "base64url"));
}

function sealsOf(own: EphemeralKey, theirs: string, transcript: Transcript): readonly [LaneSeal, LaneSeal] {
  const shared = diffieHellman({ privateKey: own.privateKey, publicKey: ephemeralPublicKey(theirs) });
  const derive = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync("sha256", shared, textOf(transcript), purpose, KEY_BYTES));
  return [new LaneSeal(derive("to the host")), new LaneSeal(derive("to the dialler"))];
}
