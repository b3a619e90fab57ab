/** Branded ids. A brand exists for the compiler alone; at run time an id is what it looks like. */
declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

export type RepresentativeId = Id<"representative">;
export type JumpClientId = Id<"jump-client">;
export type JumpGroupId = Id<"jump-group">;
export type SupportSessionId = Id<"support-session">;
export type ShellId = Id<"shell">;
/** A channel's number, chosen by the server, unique in its process, the same on console and agent. */
export type ChannelId = number & { readonly [brand]: "channel" };

/** Ids are 22 characters of base64url: 128 random bits, so that none can be guessed (NA18). */
export const ID_PATTERN = "^[A-Za-z0-9_-]{22}$";

/** Makes an id from 16 random bytes; the randomness is the caller's. */
export function idFrom<T extends string>(randomBytes: Uint8Array): T {
  if (randomBytes.length !== 16) throw new RangeError(`an id needs 16 random bytes, got ${randomBytes.length}`);
  return btoa(String.fromCharCode(...randomBytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "") as T;
}
