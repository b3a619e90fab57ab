/** SCIM 2.0 (RFC 7644): a bearer token says which provider speaks; bodies in, JSON out, problems in the standard's words. */
import { AppError } from "../../../protocol/errors.ts";
import { networkOf } from "../../address.ts";
import type { Clock } from "../../clock.ts";
import type { Log } from "../../log.ts";
import type { PublicAddress } from "../../site/public-address.ts";
import { hashToken } from "../../sign-in/token.ts";
import { TokenBuckets } from "../../sign-in/token-bucket.ts";
import { isScim, type ScimProvider } from "../provider.ts";
import type { Providers } from "../providers.ts";
import { ScimProblem } from "./scim-input.ts";
import type { ScimNeeds } from "./scim-users.ts";

const MAX_BODY_BYTES = 1 << 20;
const failuresPerAddress = { capacity: 30, refillPerMinute: 30, maxKeys: 20_000 };
const ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error";

export interface ScimServiceNeeds extends ScimNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly providers: Providers;
  readonly publicAddress: PublicAddress;
}

type Kind = "Users" | "Groups";
type Resources = Awaited<ReturnType<Scim["open"]>>;

export class Scim {
  readonly #needs: ScimServiceNeeds;
  readonly #failures = new TokenBuckets(failuresPerAddress);
  constructor(needs: ScimServiceNeeds) {
    this.#needs = needs;
  }

  /**
   * Answers a request once its token is proved; never throws for what the client sent. Of a request without a right token no
   * byte of the body is read.
   */
  async answer(
    request: Request,
    address: string,
    work: (resources: Resources, query: URLSearchParams, body: () => Promise<unknown>) => Promise<Response>,
  ): Promise<Response> {
    try {
      const provider = await this.#providerOf(request, address);
      const body = () => this.#bodyOf(request, address);
      return await work(await this.open(provider), new URL(request.url).searchParams, body);
    } catch (error) {
      if (error instanceof ScimProblem) return problem(error);
      if (error instanceof AppError) return problem(new ScimProblem(statusOf(error), "", error.message));
      this.#needs.log.error("a SCIM request failed", error);
      return problem(new ScimProblem(500, "", "The server failed at this. It has written down why."));
    }
  }

  /** The users and groups of a provider. scimmy is loaded here, when the first request comes. */
  async open(provider: ScimProvider) {
    const base = `${await this.#needs.publicAddress.origin()}/scim/v2`;
    const [{ ScimUsers }, { ScimGroups }, { listResponse }, { scimDocuments }] = await Promise.all([
      import("./scim-users.ts"),
      import("./scim-groups.ts"),
      import("./scim-resources.ts"),
      import("./scim-documents.ts"),
    ]);
    const users = new ScimUsers(this.#needs, provider, base);
    const groups = new ScimGroups(this.#needs, provider, base);
    return {
      of: (kind: Kind) => (kind === "Users" ? users : groups),
      listResponse,
      documents: scimDocuments(base),
    };
  }

  /** A body may come in slowly, and its token be replaced meanwhile: it is asked for again. @throws {ScimProblem} */
  async #bodyOf(request: Request, address: string): Promise<unknown> {
    const body = await readScimBody(request);
    await this.#providerOf(request, address);
    return body;
  }

  /** Every request's token is compared with what is kept of it, for each provider that is on. */
  async #providerOf(request: Request, address: string): Promise<ScimProvider> {
    const token = /^Bearer ([A-Za-z0-9_-]{43})$/iu.exec(request.headers.get("authorization") ?? "")?.[1];
    const hash = token === undefined ? "" : hashToken(token);
    const all = (await this.#needs.providers.all()).filter(isScim);
    const found = all.find(({ isEnabled, secrets }) => isEnabled && hash !== "" && secrets.scimTokenHash === hash);
    if (found !== undefined) return found;
    const nowMs = this.#needs.clock.monotonicMs();
    if (!this.#failures.take(networkOf(address), nowMs))
      throw new ScimProblem(429, "", "Too many failed attempts. Wait a minute.");
    throw new ScimProblem(401, "", "The bearer token is not right. Make a new one in /login under Security providers.");
  }
}

/** A JSON body of at most 1 MiB, by whichever of its two names. @throws {ScimProblem} */
async function readScimBody(request: Request): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of request.body ?? []) {
    total += part.length;
    if (total > MAX_BODY_BYTES) throw new ScimProblem(413, "tooMany", "The body is larger than 1 MiB.");
    parts.push(part);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(parts, total)));
  } catch {
    throw new ScimProblem(400, "invalidSyntax", "The body is not JSON in UTF-8.");
  }
}

/** Refusals of ours in HTTP's words: a conflict is one, the rest was asked wrongly. */
const statusOf = ({ code }: AppError): number => (code === "request.conflict" ? 409 : 400);

/** An answer of the standard's own type. */
export const scimJson = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": "application/scim+json" } });

function problem({ status, scimType, message }: ScimProblem): Response {
  const detail = { schemas: [ERROR_SCHEMA], status: String(status), detail: message };
  const response = scimJson({ ...detail, ...(scimType === "" ? {} : { scimType }) }, status);
  if (status === 401) response.headers.set("www-authenticate", "Bearer");
  return response;
}
