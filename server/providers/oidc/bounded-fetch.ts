/** What an OpenID Connect provider may take of our time and memory, whatever it answers. */
import type { CustomFetch } from "openid-client";
import { ProviderRefusal } from "../refusal.ts";

/** Of one way there or back: connecting, heads and bodies of everything that is asked together. */
export interface OidcLimits {
  readonly totalMs: number;
  /** Of one answer: a token of somebody in thousands of groups has less. */
  readonly maxBytes: number;
}
export const OIDC_LIMITS: OidcLimits = { totalMs: 15_000, maxBytes: 1 << 20 };

/**
 * A fetch for one way: all its requests share the time. An answer is read whole before the library sees it.
 * @throws {ProviderRefusal} provider.unreachable when the time is over, oidc.too_large
 */
export function boundedFetch({ totalMs, maxBytes }: OidcLimits): CustomFetch {
  const signal = AbortSignal.timeout(totalMs);
  return async (url, options) => {
    try {
      const response = await fetch(url, { ...options, signal } as RequestInit);
      const body = await readAtMost(response, maxBytes);
      return new Response(body, { status: response.status, headers: response.headers });
    } catch (error) {
      if (!signal.aborted || error instanceof ProviderRefusal) throw error;
      const seconds = Math.round(totalMs / 1000);
      const detail = `no whole answer within ${seconds} s from ${new URL(url).origin}`;
      throw new ProviderRefusal("provider.unreachable", detail, { cause: error });
    }
  };
}

/** `null` where an answer of this status may have none. */
async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (response.body === null) return null;
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of response.body) {
    total += part.length;
    if (total > maxBytes) throw new ProviderRefusal("oidc.too_large", new URL(response.url).origin);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts, total));
}
