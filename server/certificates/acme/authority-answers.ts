/** What an authority answers (RFC 8555), as much as is used of it. */
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { AppError } from "../../../protocol/errors.ts";
import { plain } from "./authority-fetch.ts";

const Url = Type.String({ maxLength: 2000 });
const Text = Type.String({ maxLength: 2000 });

export const Directory = Type.Object({
  newNonce: Url,
  newAccount: Url,
  newOrder: Url,
  meta: Type.Optional(Type.Object({ externalAccountRequired: Type.Optional(Type.Boolean()) })),
});
export type Directory = Static<typeof Directory>;

/** RFC 7807; what an authority says when it refuses. */
export const Problem = Type.Object({ type: Type.Optional(Text), detail: Type.Optional(Type.String()) });
export type Problem = Static<typeof Problem>;

export const Order = Type.Object({
  status: Text,
  authorizations: Type.Array(Url, { maxItems: 100 }),
  finalize: Url,
  certificate: Type.Optional(Url),
  error: Type.Optional(Problem),
});
export type Order = Static<typeof Order>;

const Challenge = Type.Object({
  type: Text,
  url: Url,
  token: Type.Optional(Text),
  error: Type.Optional(Problem),
});
export const Authorization = Type.Object({
  status: Text,
  identifier: Type.Object({ value: Text }),
  challenges: Type.Array(Challenge, { maxItems: 20 }),
});
export type Authorization = Static<typeof Authorization>;

/** @throws {AppError} certificate.invalid where an answer is not what the protocol promises */
export function parseAnswer<T extends TSchema>(shape: T, text: string): Static<T> {
  const value = readJson(text);
  if (Value.Check(shape, value)) return value;
  throw new AppError(
    "certificate.invalid",
    "What answers at the directory's address is no certificate authority that speaks ACME. Check the address.",
  );
}

/** The problem of a refusal; empty where it is none. */
export function parseProblem(text: string): Problem {
  const value = readJson(text);
  return Value.Check(Problem, value) ? value : {};
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON fits no shape; the caller says what that means.
    return undefined;
  }
}

/** An authority's refusal. */
export class AuthorityRefusal extends AppError {
  constructor(
    /** The last part of the problem's type: "rateLimited". */
    readonly kind: string,
    message: string,
    /** How long it wants to be left alone, in milliseconds; null: it did not say. */
    readonly retryAfterMs: number | null = null,
  ) {
    super("certificate.invalid", message);
  }
}

const advice: Readonly<Record<string, string>> = {
  rateLimited: "It takes no more requests for now; it is asked again later.",
  connection: "It could not reach this appliance on port 80. Let port 80 in from the authority.",
  dns: "It does not find this name. Check the name's DNS records.",
  unauthorized: "It did not find this appliance's answer under the name. Check that the name leads here, to port 80.",
  incorrectResponse: "It found another answer under the name. Check that the name leads here, to port 80.",
  caa: "The name's CAA record allows other authorities only. Add this one.",
  externalAccountRequired: "It asks for an account made beforehand. Give its key id and key.",
  rejectedIdentifier: "It gives out no certificate for this name.",
  userActionRequired: "Its terms changed. Read them and agree again.",
};

/** A refusal in words: what to do, then what the authority said. */
export function refusalOf(problem: Problem, retryAfterMs: number | null = null): AuthorityRefusal {
  const kind = problem.type?.split(":").at(-1) ?? "";
  const said = plain(problem.detail ?? "");
  const words = Object.hasOwn(advice, kind) ? advice[kind]! : "The authority refused.";
  return new AuthorityRefusal(kind, said === "" ? words : `${words} It said: ${said}`, retryAfterMs);
}
