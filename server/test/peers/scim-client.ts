/** A directory that keeps accounts here by SCIM: its provider at a site, and its requests over HTTP. */
import type { GroupRule, Provider } from "../../../protocol/api/providers.ts";
import type { Static } from "@sinclair/typebox";
import type { TestBrowser } from "../test-browser.ts";
import type { TestServer } from "../test-server.ts";

export const SCIM_CORE = "urn:ietf:params:scim:schemas:core:2.0";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

export type ScimResource = Record<string, unknown> & { id: string; Resources: Record<string, unknown>[] };
/** `json` is `{}` where there is no body. */
export interface ScimAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly json: ScimResource;
}

export class ScimClient {
  private constructor(
    private readonly site: TestServer,
    private readonly admin: TestBrowser,
    /** As it was made. */
    readonly provider: Provider,
    private token: string,
  ) {}

  /** Makes the provider, whose groups bring what the rules say and nothing else, and its first token. */
  static async open(
    site: TestServer,
    admin: TestBrowser,
    name: string,
    groupRules: readonly Static<typeof GroupRule>[] = [],
  ): Promise<ScimClient> {
    const provider = await admin.json<Provider>("POST", "/api/login/providers", {
      ...{ name, isEnabled: true, config: { kind: "scim", signsInBy: null }, emailDomains: [] },
      mapping: {
        attributes: { username: "", displayName: "", email: "", groups: "" },
        createsAccounts: true,
        groupSync: "authoritative",
        groupRules,
      },
    });
    return new ScimClient(site, admin, provider, await newToken(admin, provider.id));
  }

  /** The token in use. */
  get bearer(): string {
    return this.token;
  }

  /** From now on requests carry a new token. */
  async renewToken(): Promise<void> {
    this.token = await newToken(this.admin, this.provider.id);
  }

  /** A text is sent as it is, anything else as JSON. */
  async ask(method: string, path: string, body?: unknown, bearer = this.token): Promise<ScimAnswer> {
    const response = await fetch(`${this.site.url}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, "content-type": "application/scim+json" },
      tls: { rejectUnauthorized: false },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = (text === "" ? {} : JSON.parse(text)) as ScimResource;
    return { status: response.status, type: response.headers.get("content-type"), json };
  }

  /** One PatchOp. */
  async patch(path: string, ...Operations: unknown[]): Promise<ScimAnswer> {
    return await this.ask("PATCH", path, { schemas: [PATCH], Operations });
  }
}

async function newToken(admin: TestBrowser, provider: string): Promise<string> {
  return (await admin.json<{ token: string }>("POST", `/api/login/providers/${provider}/scim-token`)).token;
}
