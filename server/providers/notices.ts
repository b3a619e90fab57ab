/** Small things kept for a few minutes: why a sign-in was refused, what came of a test. They stand beside sign-in steps. */
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { TestResult } from "../../protocol/api/providers.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { fromTable } from "../database/from-table.ts";
import { hashToken, newToken } from "../sign-in/token.ts";
import { PostedForm } from "./saml/outgoing.ts";
import { insertStep, readStep } from "./step-store.ts";

const LIFETIME_MS = 15 * 60_000;
const Refused = Type.Object({ code: Type.String(), message: Type.String() });

/** One test of a provider: several may be away at once, and each has a result of its own. */
export interface ProviderTest {
  readonly provider: string;
  /** The administrator, who alone reads what came of it. */
  readonly by: string;
  /** attemptOf() its request. */
  readonly attempt: string;
}

/** A test's name for the page that waits: its request's id is for the provider alone. */
export const attemptOf = (requestId: string): string => hashToken(requestId);

const nameOf = ({ provider, by, attempt }: ProviderTest): string => `${provider} ${by} ${attempt}`;

export class Notices {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Keeps a refusal and returns the token the person's page asks for it by. */
  async keepRefusal(code: string, message: string): Promise<string> {
    const token = newToken();
    await this.#keep("sign-in-refusal", token, { code, message });
    return token;
  }

  async readRefusal(token: string): Promise<Static<typeof Refused> | null> {
    return await this.#read("sign-in-refusal", token, Refused);
  }

  /** Keeps a form for the page that posts it, and returns the token of its address. */
  async keepForm(form: PostedForm): Promise<string> {
    const token = newToken();
    await this.#keep("provider-form", token, form);
    return token;
  }

  async readForm(token: string): Promise<PostedForm | null> {
    return await this.#read("provider-form", token, PostedForm);
  }

  /** What came of one test of a provider. */
  async keepTestResult(test: ProviderTest, result: TestResult): Promise<void> {
    await this.#keep("provider-test", nameOf(test), result);
  }

  async readTestResult(test: ProviderTest): Promise<TestResult | null> {
    return await this.#read("provider-test", nameOf(test), TestResult);
  }

  async #keep(kind: string, name: string, value: unknown): Promise<void> {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + LIFETIME_MS).toISOString();
    const step = { key: hashToken(name), kind, value: JSON.stringify(value), now: now.toISOString(), expiresAt };
    await this.database.transaction((tx) => insertStep(tx, step));
  }

  async #read<S extends TSchema>(kind: string, name: string, shape: S): Promise<Static<S> | null> {
    const key = { key: hashToken(name), kind, now: this.clock.now().toISOString() };
    const value = await readStep(this.database.queries, key);
    return value === null ? null : fromTable(shape, JSON.parse(value));
  }
}
