/** A browser as the server sees one: it keeps cookies and says that its requests come from our own pages. */
import type { Area } from "../../protocol/api/sign-in.ts";

export interface TestRequest {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: BodyInit;
  /** Added to, or with `null` taken from, what the browser sends by itself. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

export class TestBrowser {
  readonly #cookies = new Map<string, string>();
  constructor(readonly url: string) {}

  /** The Cookie header it would send. */
  get cookie(): string {
    return Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join("; ");
  }

  /** The server's answer, whatever its status. */
  async request(method: string, path: string, { body, raw, headers = {} }: TestRequest = {}): Promise<Response> {
    const sent = new Headers({ origin: this.url, "sec-fetch-site": "same-origin" });
    if (this.cookie !== "") sent.set("cookie", this.cookie);
    if (body !== undefined) sent.set("content-type", "application/json");
    for (const [name, value] of Object.entries(headers))
      if (value === null) sent.delete(name);
      else sent.set(name, value);
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: sent,
      redirect: "manual",
      tls: { rejectUnauthorized: false },
      ...(raw === undefined ? (body === undefined ? {} : { body: JSON.stringify(body) }) : { body: raw }),
    });
    this.#keep(response.headers);
    return response;
  }

  /** The JSON of a good answer. @throws {Error} with status and body for any other. */
  async json<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.request(method, path, { body });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Status and code of an answer that is a refusal; the code is `""` for a good one. */
  async refusal(method: string, path: string, request: TestRequest = {}): Promise<{ status: number; code: string }> {
    const response = await this.request(method, path, request);
    const text = await response.text();
    const code = response.ok ? "" : (JSON.parse(text) as { code: string }).code;
    return { status: response.status, code };
  }

  async signIn(area: Area, username: string, password: string): Promise<void> {
    await this.json("POST", `/api/${area}/sign-in`, { username, password });
  }

  #keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const [name = "", value = ""] = pair.split("=");
      if (/Max-Age=0/u.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}
