/** A sign-in may stand idle for 15 minutes; a restart of an emulated machine on a busy host can take longer. */
const IDLE_MS = 14 * 60_000;
/** An emulated machine on a busy host checks a password for a minute. */
const PATIENCE_MS = 120_000;

/** A browser as the appliance's server sees one: keeps cookies, comes from the server's own pages, trusts its certificate. */
export class WebClient {
  readonly #cookies = new Map<string, string>();
  #signIn: (() => Promise<void>) | null = null;
  #answeredMs = 0;

  constructor(readonly address: string) {}

  /** Signs in, now and whenever the sign-in has stood idle too long; one that ends earlier is lost, and is not hidden. */
  async signIn(path: string, person: object): Promise<void> {
    this.#signIn = async () => {
      const response = await this.ask("POST", path, { body: person });
      if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${(await response.text()).slice(0, 500)}`);
      this.#answeredMs = performance.now();
    };
    await this.#signIn();
  }

  /** The answer, whatever its status. @throws {Error} where nothing answers in `timeoutMs` */
  async ask(
    method: string,
    path: string,
    { body, raw, timeoutMs = PATIENCE_MS }: { body?: unknown; raw?: BodyInit; timeoutMs?: number } = {},
  ): Promise<Response> {
    const headers = new Headers({ origin: this.address, "sec-fetch-site": "same-origin" });
    if (this.#cookies.size > 0)
      headers.set("cookie", Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join("; "));
    if (body !== undefined) headers.set("content-type", "application/json");
    if (raw !== undefined) headers.set("content-type", "application/octet-stream");
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(this.address + path, {
      method,
      headers,
      redirect: "manual",
      tls: { rejectUnauthorized: false },
      // A connection from before a power cut is never used again.
      keepalive: false,
      signal: AbortSignal.timeout(timeoutMs),
      ...(content === undefined ? {} : { body: content }),
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  }

  /** The JSON of a good answer. @throws {Error} with status and text of any other */
  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    let response = await this.ask(method, path, { body });
    if (response.status === 401 && this.#signIn !== null && performance.now() - this.#answeredMs > IDLE_MS) {
      await this.#signIn();
      response = await this.ask(method, path, { body });
    }
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${(await response.text()).slice(0, 500)}`);
    this.#answeredMs = performance.now();
    return (await response.json()) as T;
  }

  /** Status and code of an answer that is a refusal; the code is "" for a good one. */
  async refusal(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; code: string; message: string }> {
    const response = await this.ask(method, path, { body });
    const text = await response.text();
    const { code, message } = response.ok ? { code: "", message: "" } : (JSON.parse(text) as Refusal);
    return { status: response.status, code, message };
  }

  private keep(line: string): void {
    const [pair = ""] = line.split(";");
    const [name = "", value = ""] = pair.split("=");
    if (/Max-Age=0/u.test(line)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

interface Refusal {
  readonly code: string;
  readonly message: string;
}
