/** What answers an authority on port 80 while it looks whether a name leads here (RFC 8555, section 8.3), and nothing else. */
import { AppError } from "../../../protocol/errors.ts";

const PATH = "/.well-known/acme-challenge/";
const IDLE_SECONDS = 10;

export class ProofListener implements AsyncDisposable {
  readonly #proofs = new Map<string, string>();
  readonly #server: Bun.Server<undefined>;

  /** @throws {AppError} certificate.invalid when the port is taken, or not ours to listen on */
  constructor(port: number) {
    this.#server = this.#listen(port);
  }

  get port(): number {
    return this.#server.port!;
  }

  /** From now on this text stands behind this token. */
  show(token: string, text: string): void {
    this.#proofs.set(token, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }

  #listen(port: number): Bun.Server<undefined> {
    try {
      return this.#serve("::", port);
    } catch {
      // A machine without IPv6 has no "::"; if it is the port that is taken, this one says so.
      return this.#serveOldInternet(port);
    }
  }

  #serveOldInternet(port: number): Bun.Server<undefined> {
    try {
      return this.#serve("0.0.0.0", port);
    } catch (error) {
      throw new AppError(
        "certificate.invalid",
        `Port ${port} is taken, or not this server's to listen on. An authority looks there whether the name leads here.`,
        { cause: error },
      );
    }
  }

  #serve(hostname: string, port: number): Bun.Server<undefined> {
    return Bun.serve({
      ...{ hostname, port, development: false, idleTimeout: IDLE_SECONDS, maxRequestBodySize: 0 },
      fetch: ({ method, url }) => {
        const { pathname } = new URL(url);
        const text = pathname.startsWith(PATH) ? this.#proofs.get(pathname.slice(PATH.length)) : undefined;
        if (text === undefined || (method !== "GET" && method !== "HEAD")) return new Response(null, { status: 404 });
        return new Response(text, { headers: { "content-type": "application/octet-stream" } });
      },
    });
  }
}
