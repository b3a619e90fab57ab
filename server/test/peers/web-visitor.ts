/** As much of a browser as a way through identity providers needs: cookies by host and port, redirects, forms. */

/** A page it has come to. */
export interface VisitedPage {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
}

const MAX_REDIRECTS = 15;

export class WebVisitor {
  readonly #cookies = new Map<string, Map<string, string>>();
  #at: URL | null = null;

  /** Opens an address and follows redirects. `isTyped`: no page led there. */
  async open(address: string, isTyped = true): Promise<VisitedPage> {
    if (isTyped) this.#at = null;
    return await this.#go(new URL(address), { method: "GET" });
  }

  /** Submits the first form of a page, with these fields in place of its own. */
  async submit(page: VisitedPage, fields: Readonly<Record<string, string>> = {}): Promise<VisitedPage> {
    const { action, method, body } = readForm(page, fields);
    if (method === "POST") return await this.#go(action, { method, body });
    action.search = body.toString();
    return await this.#go(action, { method: "GET" });
  }

  /** As a script of one of our pages would: with this visitor's cookies, from the same origin. */
  async ask(method: string, address: string, body?: unknown): Promise<Response> {
    const url = new URL(address);
    const headers = new Headers({
      origin: url.origin,
      "sec-fetch-site": "same-origin",
      cookie: this.#cookieHeader(url),
    });
    if (body !== undefined) headers.set("content-type", "application/json");
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url, { method, headers, ...init, ...connection });
    this.#keep(url, response.headers);
    return response;
  }

  /** A cookie's value, for looking at it. */
  cookie(address: string, name: string): string | null {
    return this.#cookies.get(new URL(address).host)?.get(name) ?? null;
  }

  async #go(start: URL, first: { method: string; body?: URLSearchParams }): Promise<VisitedPage> {
    let url = start;
    let request = first;
    for (let count = 0; count < MAX_REDIRECTS; count += 1) {
      const headers = new Headers({
        cookie: this.#cookieHeader(url),
        "sec-fetch-mode": "navigate",
        "user-agent": "test",
      });
      headers.set("sec-fetch-site", this.#siteOf(url));
      if (request.method === "POST") headers.set("origin", this.#at?.origin ?? "null");
      const response = await fetch(url, { ...request, headers, ...connection });
      this.#keep(url, response.headers);
      const location = response.headers.get("location");
      if (location === null) {
        this.#at = url;
        return { url, status: response.status, text: await response.text() };
      }
      url = new URL(location, url);
      request = { method: "GET" };
    }
    throw new Error(`more than ${MAX_REDIRECTS} redirects, the last to ${url.href}`);
  }

  #siteOf(url: URL): string {
    if (this.#at === null) return "none";
    return this.#at.origin === url.origin ? "same-origin" : "cross-site";
  }

  #cookieHeader(url: URL): string {
    return Array.from(this.#cookies.get(url.host) ?? [], ([name, value]) => `${name}=${value}`).join("; ");
  }

  #keep(url: URL, headers: Headers): void {
    const jar = this.#cookies.get(url.host) ?? new Map<string, string>();
    this.#cookies.set(url.host, jar);
    for (const line of headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      if (/max-age=0/iu.test(line) || /=deleted/u.test(pair)) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }
}

const connection = { redirect: "manual", tls: { rejectUnauthorized: false } } as const;

function readForm(page: VisitedPage, fields: Readonly<Record<string, string>>) {
  const form = /<form\b[^>]*>([^]*?)<\/form>/iu.exec(page.text);
  if (form === null) throw new Error(`no form at ${page.url.href} (${page.status}): ${page.text.slice(0, 2000)}`);
  const tag = form[0].slice(0, form[0].indexOf(">") + 1);
  const action = new URL(attributeOf(tag, "action") ?? page.url.href, page.url);
  const body = new URLSearchParams();
  for (const [input] of form[1]!.matchAll(/<input\b[^>]*>/giu)) {
    const name = attributeOf(input, "name");
    if (name !== null && attributeOf(input, "type") !== "checkbox") body.set(name, attributeOf(input, "value") ?? "");
  }
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return { action, method: (attributeOf(tag, "method") ?? "get").toUpperCase(), body };
}

function attributeOf(tag: string, name: string): string | null {
  const found = new RegExp(`\\b${name}=(?:"([^"]*)"|'([^']*)')`, "iu").exec(tag);
  const text = found?.[1] ?? found?.[2];
  if (text === undefined) return null;
  return text
    .replaceAll("&quot;", '"')
    .replace(/&#(?:x0*3d|0*61);/giu, "=")
    .replace(/&#(?:x0*2b|0*43);/giu, "+")
    .replaceAll("&amp;", "&");
}
