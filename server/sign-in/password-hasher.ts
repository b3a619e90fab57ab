/** argon2id behind a gate: hashing is slow and takes 19 MiB, so few run and few wait. */
import { AppError } from "../../protocol/errors.ts";

/** OWASP's floor; measured 41 ms. */
const PARAMETERS = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;
/** The hash of a password nobody knows, by the parameters above; making one at each start would cost 41 ms. */
export const DUMMY_HASH =
  "$argon2id$v=19$m=19456,t=2,p=1$x9V0q1cuUb3n1BHqbGn7lvMlWz5R+fWlI7apLdAdb6c$UvlnE4rViNDHZ7CKjQME21N0JNWnaIThlxrXHMvjCf0";
const MAX_RUNNING = 2;
const MAX_WAITING = 32;

export class PasswordHasher {
  #running = 0;
  /** How many verifications have run; a sign-in costs one whether or not the name is known. */
  #verifications = 0;
  readonly #waiting: (() => void)[] = [];

  get verifications(): number {
    return this.#verifications;
  }

  /** @throws {AppError} request.too_many when the gate is full. */
  async hash(password: string): Promise<string> {
    return await this.#pass(() => Bun.password.hash(normalise(password), PARAMETERS));
  }

  /**
   * Whether the password fits the hash. With `null` a hash nobody has is tried, so that an unknown name takes as long.
   * @throws {AppError} request.too_many when the gate is full.
   */
  async verify(password: string, hash: string | null): Promise<boolean> {
    const tried = hash ?? DUMMY_HASH;
    this.#verifications += 1;
    const fits = await this.#pass(() => Bun.password.verify(normalise(password), tried));
    return fits && hash !== null;
  }

  async #pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= MAX_RUNNING) await this.#wait();
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  /** Resolves with the place of whoever has finished. */
  #wait(): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING)
      throw new AppError("request.too_many", "Too many people sign in at this moment. Try again in a few seconds.");
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** The same password typed on two keyboards is the same bytes (RFC 8265 asks NFC). */
const normalise = (password: string): string => password.normalize("NFC");
