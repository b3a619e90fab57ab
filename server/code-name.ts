/** Names for programs: given by a person, or made from the display name. */
import { AppError } from "../protocol/errors.ts";

const MAX_CHARACTERS = 64;
/** Room for "_1000" behind a name that is taken. */
const MAX_MADE_CHARACTERS = 58;
const MAX_TRIES = 1000;

/** "Größe & Co." reads "grosse_co"; a name without any Latin letter reads "unnamed". Pure. */
export function codeNameFrom(displayName: string): string {
  const plain = displayName
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .replaceAll(/[^a-z0-9]+/gu, "_")
    .replaceAll(/^_+|_+$/gu, "")
    .slice(0, MAX_MADE_CHARACTERS);
  return plain === "" ? "unnamed" : plain;
}

/**
 * The code name something gets: the wished one, or where none is wished one made of the display name, with a number if
 * that is taken. Ask in the transaction that writes it.
 * @throws {AppError} request.conflict when the wished one is taken
 */
export async function chooseCodeName(
  wish: string | undefined,
  displayName: string,
  isTaken: (codeName: string) => Promise<boolean>,
): Promise<string> {
  if (wish !== undefined && wish !== "") {
    if (await isTaken(wish)) throw taken(wish);
    return wish;
  }
  const made = codeNameFrom(displayName);
  for (let number = 1; number <= MAX_TRIES; number += 1) {
    const codeName = (number === 1 ? made : `${made}_${number}`).slice(0, MAX_CHARACTERS);
    if (!(await isTaken(codeName))) return codeName;
  }
  throw taken(made);
}

const taken = (codeName: string): AppError =>
  new AppError("request.conflict", `The code name ${codeName} is taken. Choose another one.`);
