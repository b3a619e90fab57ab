import type { SiteSettings } from "../settings/settings.ts";

const HTTPS_PORT = 443;

/**
 * Where people reach this site. Never read from a request: what an identity provider signs is compared with it, and a
 * Host header is the sender's choice.
 */
export class PublicAddress {
  #port = HTTPS_PORT;
  constructor(private readonly settings: SiteSettings) {}

  /** The listener has its port. */
  listensOn(port: number): void {
    this.#port = port;
  }

  /** "https://support.example.com", with the port where it is not 443. */
  async origin(): Promise<string> {
    const { hostname } = await this.settings.read();
    return `https://${hostname.toLowerCase()}${this.#port === HTTPS_PORT ? "" : `:${this.#port}`}`;
  }
}
