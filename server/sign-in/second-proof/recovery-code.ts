/** What a recovery code looks like: four groups of four, 80 bits. */
import { randomBytes } from "node:crypto";

const CODES = 10;
const CHARACTERS = 16;
/** Crockford's base 32: no letter that is taken for a digit. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Ten new codes, as people read them: "7k3m-p0xq-…". */
export const newRecoveryCodes = (): string[] => Array.from({ length: CODES }, newCode);

function newCode(): string {
  const characters = Array.from(randomBytes(CHARACTERS), (byte) => ALPHABET[byte % ALPHABET.length]);
  return characters.join("").replaceAll(/(.{4})(?=.)/gu, "$1-");
}

/** As it is compared: without case, hyphens and spaces, and with the digits that look like the letters typed. Pure. */
export const canonicalCode = (typed: string): string =>
  typed.toLowerCase().replaceAll(/[\s-]/gu, "").replaceAll("o", "0").replaceAll(/[il]/gu, "1");
