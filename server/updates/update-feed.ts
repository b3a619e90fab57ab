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
/** A line that brings nothing for so long is broken. */
const QUIET_MS = 60_000;
const MAX_REDIRECTS = 3;
const REQUEST_TIMEOUT = 408;
const TOO_MANY_REQUESTS = 429;
const SERVER_ERROR = 500;

/** An address and whom it is believed by. */
export interface FeedPlace {
  /** https, without a slash at its end. */
  readonly address: string;
  /** PEM, or "". */
  readonly certificateAuthority: string;
}

/** The address cannot be reached, or not now: what was asked may be asked again. Everything else there is an answer. */
export class BrokenLine extends AppError {
  constructor({ address }: FeedPlace, why: string, cause?: unknown) {
    super("update.invalid", `No update could be taken from ${address}: ${why}.`, { cause });
  }
}

/** A bundle's bytes as they come. */
export interface BundleBody {
  /** From where they really come: 0 where the server knows no ranges, or has another bundle now. */
  readonly offset: number;
  /** What says that it is the same bundle later (a strong ETag, RFC 9110); null: the server names none. */
  readonly tag: string | null;
  /** Ends with a `BrokenLine` where the line breaks, or brings nothing for a minute. */
  readonly body: AsyncIterable<Uint8Array>;
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
 * @param tag of the bundle whose first bytes are there already
 * @throws {BrokenLine}
 * @throws {AppError} update.invalid
 */
export async function openBundle(
  place: FeedPlace,
  bundle: string,
  { offset, tag }: Pick<BundleBody, "offset" | "tag">,
  signal: AbortSignal,
): Promise<BundleBody> {
  const headers: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
  if (offset > 0 && tag !== null) headers["if-range"] = tag;
  const response = await ask(place, bundle, { signal, headers });
  if (response.body === null) throw unreachable(place, "the bundle is empty");
  const isPart =
    response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${offset}-`) === true;
  if (response.status === 206 && !isPart) throw unreachable(place, "it sent another part than was asked for");
  const named = response.headers.get("etag");
  return {
    offset: isPart ? offset : 0,
    tag: named?.startsWith('"') === true ? named : null,
    body: untilBroken(place, response.body, signal),
  };
}

async function ask(place: FeedPlace, name: string, options: RequestInit): Promise<Response> {
  let url = new URL(`${place.address}/${name}`);
  const { host } = url;
  for (let redirects = 0; ; redirects += 1) {
    const response = await fetchOnce(place, url, options);
    if (response.ok) return response;
    const target = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
    await response.body?.cancel();
    if (isForNow(response.status)) throw new BrokenLine(place, `it answered ${response.status}`);
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
    throw new BrokenLine(place, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Whether the server may answer otherwise in a while. */
const isForNow = (status: number): boolean =>
  status === REQUEST_TIMEOUT || status === TOO_MANY_REQUESTS || status >= SERVER_ERROR;

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

/** Its end before the whole is there, and a minute without a byte, are a broken line; our own breaking off is not. */
async function* untilBroken(
  place: FeedPlace,
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await readInTime(reader);
      if (done) return;
      yield value;
    }
  } catch (cause) {
    if (signal.aborted || !(cause instanceof Error)) throw cause;
    throw new BrokenLine(place, cause.message, cause);
  } finally {
    // What is left of an answer that nobody wants any more; that it cannot be cancelled changes nothing.
    await reader.cancel().catch(() => undefined);
  }
}

async function readInTime(reader: ReadableStreamDefaultReader<Uint8Array>) {
  const timer = Promise.withResolvers<never>();
  const handle = setTimeout(() => timer.reject(new Error(`nothing came for ${QUIET_MS / 1000} s`)), QUIET_MS);
  return await Promise.race([reader.read(), timer.promise]).finally(() => clearTimeout(handle));
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
