/** HTTPS to a certificate authority: bounded in time and size, no redirects, by its own root where one was given. */
import { AppError } from "../../../protocol/errors.ts";

const TIMEOUT_MS = 30_000;
/** A chain of ten certificates is well below it; more ends the request. */
const MAX_ANSWER_BYTES = 256 << 10;

/** An answer, whole. */
export interface AuthorityAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}
export interface AuthorityRequest {
  readonly method: "GET" | "HEAD" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
/** Asks; @throws {AppError} certificate.invalid with what is wrong and what to do. */
export type AuthorityFetch = (url: string, request: AuthorityRequest) => Promise<AuthorityAnswer>;

/**
 * @param authorityPem the root of a private authority; "": those every browser knows
 * @param signal ends what is under way
 */
export function authorityFetch(authorityPem: string, signal: AbortSignal): AuthorityFetch {
  return async (url, request) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const tls = authorityPem === "" ? {} : { tls: { ca: authorityPem } };
    try {
      const response = await fetch(requireHttps(url), { ...request, ...tls, redirect: "error", signal: limit });
      return { status: response.status, headers: response.headers, text: await readBounded(response) };
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw unreachable(url, error);
    }
  };
}

/** @throws {AppError} certificate.invalid for what is no https address: an authority may not send us elsewhere. */
export function requireHttps(url: string): string {
  if (URL.canParse(url) && new URL(url).protocol === "https:") return url;
  throw new AppError("certificate.invalid", `The authority answered with ${plain(url)}, which is no https address.`);
}

/** Text of others on one line of bounded length. */
export const plain = (text: string): string =>
  text
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, 500);

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  for await (const chunk of response.body ?? []) {
    byteCount += chunk.length;
    if (byteCount > MAX_ANSWER_BYTES)
      throw new AppError("certificate.invalid", "The authority's answer is endless. Check the directory's address.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function unreachable(url: string, cause: unknown): AppError {
  const { host } = new URL(url);
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (/CERT_NOT_YET_VALID|CERT_HAS_EXPIRED/u.test(code))
    return failed(`${host} shows a certificate that is not valid by this appliance's clock. Check the clock.`, cause);
  if (code.includes("ALTNAME"))
    return failed(`${host} shows a certificate for another name. Check the directory's address.`, cause);
  if (/CERT|SELF_SIGNED|UNABLE_TO/u.test(code))
    return failed(`${host} shows a certificate of an unknown authority. Give its root certificate.`, cause);
  return failed(`${host} does not answer. Check the address, DNS and the way out of this network.`, cause);
}

const failed = (message: string, cause: unknown): AppError => new AppError("certificate.invalid", message, { cause });
