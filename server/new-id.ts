import { idFrom } from "../protocol/ids.ts";

/** A new id of 128 random bits, 22 characters of base64url. */
export function newId<T extends string>(): T {
  return idFrom<T>(crypto.getRandomValues(new Uint8Array(16)));
}
