import { expect, test } from "bun:test";
import { AppError } from "../../protocol/errors.ts";
import { DUMMY_HASH, PasswordHasher } from "./password-hasher.ts";

test("NA22 passwords are kept as argon2id with 19 MiB and two passes", async () => {
  const hasher = new PasswordHasher();
  const hash = await hasher.hash("correct horse");
  expect(hash).toStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
  expect(await hasher.verify("correct horse", hash)).toBe(true);
  expect(await hasher.verify("wrong horse", hash)).toBe(false);
  expect(await hasher.verify("correct horse", null)).toBe(false);
});

test("a password typed on another keyboard is the same password", async () => {
  const hasher = new PasswordHasher();
  const hash = await hasher.hash("caf\u00e9 caf\u00e9");
  expect(await hasher.verify("cafe\u0301 cafe\u0301", hash)).toBe(true);
});

test("NA22 the hash an unknown name is tried against costs what a real one costs", async () => {
  const real = await new PasswordHasher().hash("correct horse");
  const parameters = (hash: string) => hash.split("$").map((part, index) => (index < 4 ? part : part.length));
  expect(parameters(DUMMY_HASH)).toEqual(parameters(real));
});

test("two hash at a time, 32 wait, the next is told to come back", async () => {
  const hasher = new PasswordHasher();
  const all = await Promise.allSettled(Array.from({ length: 40 }, () => hasher.verify("x", null)));
  const refused = all.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  expect(refused).toHaveLength(6);
  for (const error of refused) expect(error).toBeInstanceOf(AppError);
  expect((refused[0] as AppError).code).toBe("request.too_many");
  expect(await hasher.verify("x", null)).toBe(false);
});
