/** One order for a certificate: the names are proved on port 80 (http-01), the request is handed in, the chain fetched. */
import { isIP } from "node:net";
import { AppError } from "../../../protocol/errors.ts";
import type { Clock } from "../../clock.ts";
import { Authorization, Order, parseAnswer, type Problem, refusalOf } from "./authority-answers.ts";
import { type AuthorityAnswer, requireHttps } from "./authority-fetch.ts";
import { retryAfterOf, type SignedRequests } from "./signed-requests.ts";

/** How long an authority may take for one step. */
const STEP_TIMEOUT_MS = 300_000;
const MIN_WAIT_MS = 500;
const DEFAULT_WAIT_MS = 2000;
const MAX_WAIT_MS = 30_000;

export interface OrderNeeds {
  readonly requests: SignedRequests;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** From now on port 80 answers with this text for this token. */
  showProof(token: string, text: string): Promise<void>;
  told(step: "proof" | "certificate"): void;
}

/**
 * @param names as plainName() gives them
 * @param request PKCS #10, DER
 * @returns the chain, PEM, leaf first
 * @throws {AuthorityRefusal} what the authority refuses, {AppError} certificate.invalid
 */
export async function obtainChain(needs: OrderNeeds, names: readonly string[], request: Uint8Array): Promise<string> {
  const { requests } = needs;
  const identifiers = names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }));
  const answer = await requests.post(requests.directory.newOrder, { identifiers });
  const orderUrl = requireHttps(answer.headers.get("location") ?? "");
  const order = parseAnswer(Order, answer.text);
  needs.told("proof");
  for (const url of order.authorizations) await prove(needs, url);
  needs.told("certificate");
  await waitFor(needs, orderUrl, (text) => settledOrder(text, ["ready", "valid"]));
  await requests.post(order.finalize, { csr: Buffer.from(request).toString("base64url") });
  const { certificate } = await waitFor(needs, orderUrl, (text) => settledOrder(text, ["valid"]));
  if (certificate === undefined) throw new AppError("certificate.invalid", "The authority kept the certificate.");
  return (await requests.post(certificate, undefined, "application/pem-certificate-chain")).text;
}

async function prove(needs: OrderNeeds, url: string): Promise<void> {
  const { requests } = needs;
  const authorization = parseAnswer(Authorization, (await requests.post(url)).text);
  if (authorization.status === "valid") return;
  const name = authorization.identifier.value;
  const challenge = authorization.challenges.find(({ type }) => type === "http-01");
  if (challenge?.token === undefined || !/^[A-Za-z0-9_-]{1,512}$/u.test(challenge.token))
    throw new AppError(
      "certificate.invalid",
      `The authority does not take a proof on port 80 for ${name}. Wildcards need another way; name each host.`,
    );
  await needs.showProof(challenge.token, await requests.keyAuthorization(challenge.token));
  await requests.post(challenge.url, {});
  await waitFor(needs, url, settledAuthorization);
}

/** Asks again and again until it is settled. */
async function waitFor<T>(needs: OrderNeeds, url: string, settle: (text: string) => T | null): Promise<T> {
  const endsAt = needs.clock.monotonicMs() + STEP_TIMEOUT_MS;
  for (;;) {
    const answer = await needs.requests.post(url);
    const settled = settle(answer.text);
    if (settled !== null) return settled;
    if (needs.clock.monotonicMs() >= endsAt)
      throw new AppError("certificate.invalid", "The authority takes too long. It is asked again later.");
    await pause(waitOf(answer), needs.signal);
  }
}

const waitOf = ({ headers }: AuthorityAnswer): number =>
  Math.min(Math.max(retryAfterOf(headers) ?? DEFAULT_WAIT_MS, MIN_WAIT_MS), MAX_WAIT_MS);

function settledOrder(text: string, good: readonly string[]): Order | null {
  const order = parseAnswer(Order, text);
  if (good.includes(order.status)) return order;
  if (order.status === "invalid") throw refusalOf(order.error ?? {});
  return null;
}

function settledAuthorization(text: string): Authorization | null {
  const authorization = parseAnswer(Authorization, text);
  if (authorization.status === "valid") return authorization;
  if (authorization.status === "pending") return null;
  throw refusalOf(problemOf(authorization) ?? {});
}

const problemOf = ({ challenges }: Authorization): Problem | undefined =>
  challenges.find(({ error }) => error !== undefined)?.error;

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const ended = (): void => reject(signal.reason as Error);
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", ended, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", ended);
  }
}
