import type { SiteSettings } from "../settings/settings.ts";

const HTTPS_PORT = 443;

/**
 * Where people reach this site. Never read from a request: what an identity provider signs is compared with it, and a
 * Host header is the sender's choice.
 */
export class PublicAddress {
  #port = HTTPS_PORT;
  #otherPorts: readonly number[] = [];
  constructor(private readonly settings: SiteSettings) {}

  /** Where administration is, and where else people sign in. */
  listensOn(port: number, otherPorts: readonly number[] = []): void {
    this.#port = port;
    this.#otherPorts = otherPorts;
  }

  /** "https://support.example.com", with the port where it is not 443. */
  async origin(): Promise<string> {
    return await this.#originAt(this.#port);
  }

  /** Every origin people sign in at. */
  async origins(): Promise<string[]> {
    return await Promise.all([this.#port, ...this.#otherPorts].map((port) => this.#originAt(port)));
  }

  async #originAt(port: number): Promise<string> {
    const { hostname } = await this.settings.read();
    return `https://${hostname.toLowerCase()}${port === HTTPS_PORT ? "" : `:${port}`}`;
  }
}
