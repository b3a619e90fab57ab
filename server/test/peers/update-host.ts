/** A site's own server of updates, with a certificate of an authority of the tests. What it answers is the test's choice. */
import type { TestAuthority } from "../test-authority.ts";

export interface UpdateHost extends Disposable {
  /** Of updates: https, no slash at its end. */
  readonly address: string;
  /** Paths, each with its Range. */
  readonly asked: string[];
  answer: (request: Request) => Response | Promise<Response>;
  /** latest.json and the bundle beside it; it knows ranges. */
  offer(version: string, bytes: Uint8Array<ArrayBuffer>, size?: number): void;
}

/** Listens on a free port. */
export function openUpdateHost(authority: TestAuthority): UpdateHost {
  const { chainPem, keyPem } = authority.issue("localhost");
  const asked: string[] = [];
  const server = Bun.serve({
    idleTimeout: 60,
    ...{ hostname: "127.0.0.1", port: 0, tls: { cert: chainPem, key: keyPem } },
    fetch(request) {
      asked.push(`${new URL(request.url).pathname} ${request.headers.get("range") ?? ""}`.trim());
      return host.answer(request);
    },
  });
  const host: UpdateHost = {
    ...{ address: `https://localhost:${server.port}/updates`, asked },
    answer: () => new Response(null, { status: 404 }),
    offer(version, bytes, size = bytes.length) {
      host.answer = (request) =>
        request.url.endsWith("/latest.json")
          ? Response.json({ version, bundle: "one.update", size })
          : partOf(bytes, request.headers.get("range"));
    },
    [Symbol.dispose]: () => void server.stop(true),
  };
  return host;
}

function partOf(bytes: Uint8Array<ArrayBuffer>, range: string | null): Response {
  const from = Number(/bytes=(\d+)-/u.exec(range ?? "")?.[1] ?? 0);
  if (from === 0) return new Response(bytes);
  const headers = { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
  return new Response(bytes.slice(from), { status: 206, headers });
}
