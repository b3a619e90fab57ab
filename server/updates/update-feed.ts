/**
 * The address of a site's own where updates lie: `latest.json` says which is the newest, the bundle lies beside it. What
 * answers there is not trusted: sizes and times are bounded, redirects stay on the host, and the bundle is signed.
 */
import { getCACertificates } from "node:tls";
import { Value } from "@sinclair/typebox/value";
import { UpdateFeed } from "../../protocol/appliance/update-manifest.ts";
import { AppError } from "../../protocol/errors.ts";

const MAX_FEED_BYTES = 16 << 10;
const FEED_TIMEOUT_MS = 30_000;
/** A download that brings nothing for so long is broken off; it goes on at the next check. */
const QUIET_MS = 60_000;
const MAX_REDIRECTS = 3;

/** An address and whom it is believed by. */
export interface FeedPlace {
  /** https, without a slash at its end. */
  readonly address: string;
  /** PEM, or "". */
  readonly certificateAuthority: string;
}

/** What is the newest there. @throws {AppError} update.invalid: it cannot be reached, or answers something else */
export async function readFeed(place: FeedPlace): Promise<UpdateFeed> {
  const signal = AbortSignal.timeout(FEED_TIMEOUT_MS);
  const response = await ask(place, "latest.json", { signal });
  const value = parse(await readAtMost(response, MAX_FEED_BYTES));
  if (Value.Check(UpdateFeed, value)) return value;
  throw unreachable(place, "its latest.json has another form");
}

/**
 * The bundle's bytes from an offset on.
 * @returns from where they really come: 0 where the server knows no ranges
 * @throws {AppError} update.invalid
 */
export async function openBundle(
  place: FeedPlace,
  bundle: string,
  offset: number,
  signal: AbortSignal,
): Promise<{ readonly offset: number; readonly body: AsyncIterable<Uint8Array> }> {
  const headers: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
  const response = await ask(place, bundle, { signal, headers });
  if (response.body === null) throw unreachable(place, "the bundle is empty");
  const isPart =
    response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${offset}-`) === true;
  if (response.status === 206 && !isPart) throw unreachable(place, "it sent another part than was asked for");
  return { offset: isPart ? offset : 0, body: noLongerQuietThan(response.body, QUIET_MS) };
}

async function ask(place: FeedPlace, name: string, options: RequestInit): Promise<Response> {
  let url = new URL(`${place.address}/${name}`);
  const { host } = url;
  for (let redirects = 0; ; redirects += 1) {
    const response = await fetchOnce(place, url, options);
    if (response.ok) return response;
    const target = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
    await response.body?.cancel();
    if (target === null || redirects === MAX_REDIRECTS) throw unreachable(place, `it answered ${response.status}`);
    url = new URL(target, url);
    if (url.protocol !== "https:" || url.host !== host) throw unreachable(place, "it leads to another server");
  }
}

async function fetchOnce(place: FeedPlace, url: URL, options: RequestInit): Promise<Response> {
  const { certificateAuthority: own } = place;
  const tls = own === "" ? {} : { tls: { ca: [...getCACertificates("bundled"), own] } };
  try {
    return await fetch(url, { ...options, ...tls, redirect: "manual", credentials: "omit" } as RequestInit);
  } catch (cause) {
    if (options.signal?.aborted === true) throw unreachable(place, "it did not answer in time", cause);
    throw unreachable(place, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

async function readAtMost(response: Response, maxBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for await (const piece of response.body ?? []) {
    total += piece.length;
    // Leaving the loop closes the connection: an endless answer ends here.
    if (total > maxBytes) return "";
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** Ends with an error when nothing comes for so long. */
async function* noLongerQuietThan(body: ReadableStream<Uint8Array>, quietMs: number): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const timer = Promise.withResolvers<never>();
      const handle = setTimeout(() => timer.reject(new Error(`nothing came for ${quietMs / 1000} s`)), quietMs);
      const { done, value } = await Promise.race([reader.read(), timer.promise]).finally(() => clearTimeout(handle));
      if (done) return;
      yield value;
    }
  } finally {
    // What is left of an answer that nobody wants any more; that it cannot be cancelled changes nothing.
    await reader.cancel().catch(() => undefined);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON has no shape; the caller says so.
    return null;
  }
}

const unreachable = ({ address }: FeedPlace, why: string, cause?: unknown): AppError =>
  new AppError("update.invalid", `No update could be taken from ${address}: ${why}.`, { cause });
