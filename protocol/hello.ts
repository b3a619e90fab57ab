/** How an agent proves itself, and what a site says of its own keys. See docs/protocol.md, trust. */
import { type Static, Type } from "@sinclair/typebox";

/** Signed by an agent together with the server's nonce; the first line keeps the signature from meaning anything else. */
export function agentProof(siteId: string, nonce: string, publicKey: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`causeway agent hello 1\n${siteId}\n${nonce}\n${publicKey}`);
}

/** 32 bytes as base64url without padding: an Ed25519 public key, a nonce, a SHA-256. */
export const Bytes32 = Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" });
/** 64 bytes as base64url without padding: an Ed25519 signature. */
export const Bytes64 = Type.String({ pattern: "^[A-Za-z0-9_-]{86}$" });

/** What a site publishes, signed, so that a changed certificate loses no endpoint. */
export const TrustBundle = Type.Object({
  siteId: Type.String({ minLength: 1, maxLength: 64 }),
  /** Rises by one with each bundle; an agent never goes back. */
  version: Type.Integer({ minimum: 1 }),
  issuedAt: Type.String({ maxLength: 40 }),
  /** SHA-256 of the SubjectPublicKeyInfo of present and coming TLS keys, base64url. */
  keys: Type.Array(Bytes32, { minItems: 1, maxItems: 16 }),
  /** Root certificates (PEM) by which the site's chain may be checked besides the system's. */
  roots: Type.Array(Type.String({ maxLength: 16_384 }), { maxItems: 16 }),
});
export type TrustBundle = Static<typeof TrustBundle>;

/** GET here, unauthenticated: the newest bundle as a compact JWS (EdDSA) by the site key. */
export const TRUST_BUNDLE_PATH = "/gateway/trust";
export const AGENT_SOCKET_PATH = "/gateway/agent";
export const AGENT_SESSION_SOCKET_PATH = "/gateway/agent-session";
export const CONSOLE_SOCKET_PATH = "/gateway/console";

/** What an installer carries to the endpoint; the file `causeway-installer.json` beside the agent binary. */
export const InstallerFile = Type.Object({
  site: Type.String({ pattern: "^https://[A-Za-z0-9.:\\[\\]-]+$", maxLength: 300 }),
  siteId: Type.String({ minLength: 1, maxLength: 64 }),
  siteName: Type.String({ maxLength: 128 }),
  siteKey: Bytes32,
  token: Bytes32,
  trustBundle: Type.String({ maxLength: 300_000 }),
});
export type InstallerFile = Static<typeof InstallerFile>;

/** A support session has two connections from the agent; see docs/protocol.md, channels. */
export const LaneName = Type.Union([Type.Literal("interactive"), Type.Literal("bulk")]);
export type Lane = Static<typeof LaneName>;

/** The claims of a session ticket: an EdDSA JWT by the site key, 60 seconds, used once. */
export const TicketClaims = Type.Object({
  sub: Type.String(),
  session: Type.String(),
  lane: LaneName,
  jti: Type.String(),
  exp: Type.Integer(),
});
export type TicketClaims = Static<typeof TicketClaims>;
export const TICKET_LIFETIME_SECONDS = 60;
