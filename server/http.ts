/**
 * The one edge of the HTTP API. Elysia finds the route; the hook here asks, in this order: is the address spelt plainly,
 * does the request come from our own pages, who is it, may they, does what they sent fit. Only then the handler runs.
 */
import type { TSchema } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type Actor, type ApplianceAdministrator, deciding } from "./actor.ts";
import { AppError } from "../protocol/errors.ts";
import type { Because, Decision } from "../protocol/decision.ts";
import { BACKGROUND_HEADER } from "../protocol/api/common.ts";
import type { Access, Permission } from "../protocol/permissions.ts";
import type { ApiTokens } from "./api-accounts/api-tokens.ts";
import type { Audit } from "./audit/audit.ts";
import { DeniedRequests } from "./denied-requests.ts";
import type { Clock } from "./clock.ts";
import type { Database } from "./database/database.ts";
import { closed, DEFAULT_MAX_BODY_BYTES, fitsResponse, readBody, readQuery } from "./json-edge.ts";
import type { Log } from "./log.ts";
import { isOpenedByHand, isOwnOrigin } from "./own-origin.ts";
import type { PolicyBook } from "./policy-book/policy-book.ts";
import { decide } from "./policy/decide.ts";
import { mayBeHeldSomewhere } from "./policy/permissions-of.ts";
import { internalRefusal, notFound, refusalOf, refusalResponse } from "./refusal-response.ts";
import { isPlainPath, pathOf } from "./request-path.ts";
import type { Route } from "./route.ts";
import { addApiHeaders } from "./security-headers.ts";
import { type CookieArea, readToken } from "./sign-in/cookies.ts";
import { consoleDisabled, outsideSchedule } from "./sign-in/refusals.ts";
import type { SignIns } from "./sign-in/sign-ins.ts";

export interface HttpNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  readonly policyBook: PolicyBook;
  readonly signIns: SignIns;
  readonly apiTokens: ApiTokens;
  readonly applianceSignIns: ApplianceLookup;
  /** Told of each request; absent where nobody counts. */
  readonly requests?: { count(): void };
}
/** Who of /appliance a token belongs to; null: nobody, or not from this address. Whether it counts as use is said. */
export interface ApplianceLookup {
  find(token: string, address: string, isUse: boolean): Promise<ApplianceAdministrator | null>;
}
/** With what one HTTP edge keeps for itself. */
interface EdgeNeeds extends HttpNeeds {
  readonly denied: DeniedRequests;
}

/** The connection a request came by. */
export interface Connection {
  readonly address: string;
  /**
   * Whether the server closes it when this request takes long; each request begins hurried. Bun counts neither a body that
   * arrives nor work on an answer as activity (measured): hurried, both must be done within the listener's idle time.
   */
  setHurried(isHurried: boolean): void;
}

/** Who asks, of either kind. */
type Asker = Actor | ApplianceAdministrator;

/** Answers one request; never throws. */
export type HttpApi = (request: Request, connection: Connection) => Promise<Response>;

/** Mounts routes. A path nobody mounted is `not_found`, and so is a known path in any other spelling. */
export function createHttpApi(routes: readonly Route[], core: HttpNeeds): HttpApi {
  const needs = { ...core, denied: new DeniedRequests(core) };
  const connections = new WeakMap<Request, Connection>();
  const app = new Elysia({ aot: false, strictPath: true, normalize: false });
  // Elysia would read a body whole by its content type; an answer from this hook tells it that the body is dealt with.
  const parse = (): unknown => ({});
  for (const route of routes) {
    checkCallers(route);
    const answer = createAnswer(route, needs);
    app.route(
      route.method,
      route.path,
      ({ request, params }) => answer(request, params as Record<string, string>, connections.get(request)!),
      { parse },
    );
  }
  app.onError(({ error, code }) =>
    refuse(code === "NOT_FOUND" ? new AppError("not_found", notFound().message) : error, needs),
  );
  return async (request, connection) => {
    core.requests?.count();
    if (!isPlainPath(pathOf(request.url))) return finish(refusalResponse(notFound()));
    connections.set(request, connection);
    return finish(await app.fetch(request));
  };
}

function finish(response: Response): Response {
  addApiHeaders(response.headers);
  return response;
}

function refuse(error: unknown, { log }: HttpNeeds, headers?: Headers): Response {
  const refusal = refusalOf(error);
  if (refusal === null) log.error("a request failed", error);
  return refusalResponse(refusal ?? internalRefusal, headers);
}

type Answer = (request: Request, params: Readonly<Record<string, string>>, connection: Connection) => Promise<Response>;

function createAnswer(route: Route, needs: EdgeNeeds): Answer {
  let closedShapes: ClosedShapes | null = null;
  const maxBytes = route.shapes.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
  return async (request, params, connection) => {
    const headers = new Headers();
    const { address } = connection;
    try {
      checkOrigin(route, request);
      // Hundreds of routes, few of them asked for soon: each is closed with its first request, not at the start.
      const shapes = (closedShapes ??= closeShapes(route));
      const asker = await findAsker(route, request, address, needs);
      await checkAccess(route, asker, needs);
      const query = shapes.query && readQuery(new URL(request.url).searchParams, shapes.query);
      const body = shapes.body && (await readBody(request, shapes.body, maxBytes));
      // A body may come in slowly, and rights be taken away meanwhile: who asks, and whether they may, is asked again.
      const actor = asker === null || body === undefined ? asker : await findAsker(route, request, address, needs);
      if (actor !== asker) await checkAccess(route, actor, needs);
      // INVARIANT: checkAccess let nobody of /appliance come to another area's route, nor the other way about.
      const context = {
        ...{ request, params, address, headers, actor: actor as Actor | null },
        ...{ body: body as undefined, query: query as undefined },
      };
      // What a signed-in person asked for may take as long as its handler allows: an endpoint hashes a large file.
      connection.setHurried(actor === null);
      const value = await route.handle(context);
      connection.setHurried(actor === null || !(value instanceof Response));
      return toResponse(value, shapes.response, headers);
    } catch (error) {
      connection.setHurried(true);
      return refuse(error, needs, headers);
    }
  };
}

interface ClosedShapes {
  readonly body: TSchema | undefined;
  readonly query: TSchema | undefined;
  readonly response: TSchema | undefined;
}

const closeShapes = ({ shapes }: Route): ClosedShapes => ({
  body: closedOrNone(shapes.body),
  query: closedOrNone(shapes.query),
  response: closedOrNone(shapes.response),
});

const closedOrNone = (shape: TSchema | undefined): TSchema | undefined => (shape === undefined ? shape : closed(shape));

function checkOrigin({ method, shapes }: Route, { headers }: Request): void {
  // A page of another site can send our cookies, but no bearer token; and with one no cookie counts.
  if (shapes.callers !== undefined || isOwnOrigin(headers) || bearerOf(headers) !== null) return;
  if (method === "GET" && shapes.isPublic === true) return;
  if (method === "GET" && shapes.response === undefined && isOpenedByHand(headers)) return;
  throw new AppError(
    "sign_in.foreign_origin",
    "This request does not come from this site's own pages. It was refused.",
  );
}

/** INVARIANT: what others than our own pages may send never acts for whoever is signed in. */
function checkCallers({ method, path, access, shapes }: Route): void {
  if (shapes.callers === undefined || (access === "anyone" && areaOf(path) === null)) return;
  throw new Error(`${method} ${path} is open to other callers, but asks for an area's cookie`);
}

const areas: readonly CookieArea[] = ["login", "console", "appliance"];

/** The path says whose cookie counts; a path outside the areas knows nobody. */
const areaOf = (path: string): CookieArea | null => areas.find((area) => path.startsWith(`/api/${area}/`)) ?? null;

async function findAsker(route: Route, request: Request, address: string, needs: EdgeNeeds): Promise<Asker | null> {
  const area = areaOf(route.path);
  const bearer = bearerOf(request.headers);
  if (area === "login" && bearer !== null) return await needs.apiTokens.actorOf(bearer, address);
  if (bearer !== null) return null;
  const token = area === null ? null : readToken(request.headers.get("cookie"), area);
  if (area === null || token === null) return null;
  const isUse = request.headers.get(BACKGROUND_HEADER) !== "1";
  if (area === "appliance") return await needs.applianceSignIns.find(token, address, isUse);
  return (await needs.signIns.find(token, area, address, isUse))?.actor ?? null;
}

async function checkAccess(route: Route, actor: Asker | null, needs: EdgeNeeds): Promise<void> {
  const { access: permission } = route;
  const [policies, now] = [needs.policyBook.current(), needs.clock.now()];
  const question = { jumpItem: null, permission, policies, now };
  if (actor !== null && "kind" in actor) return requireAllowed(decide({ ...question, actor }));
  const asking = actor === null ? null : deciding(actor);
  const { outcome, because } = decide({ ...question, actor: asking });
  // What everybody may who is signed in concerns their own sign-in and account: no program has those.
  if (permission === "signed-in" && actor !== null && actor.scopes !== null) throw notForPrograms();
  if (outcome === "allow") return;
  // Which Jump Item it is, only the handler finds out: it asks again, about that one.
  if (because.rule === "no-jump-item" && asking !== null && mayBeHeldSomewhere(asking, because.permission)) return;
  if (actor !== null && isPermission(permission))
    await needs.denied.record(`${route.method} ${route.path}`, actor, permission);
  throw accessRefusal(because);
}

function requireAllowed({ outcome, because }: Decision): void {
  if (outcome !== "allow") throw accessRefusal(because);
}

/** A program's token; the cookie of an area does not count beside it. */
const bearerOf = (headers: Headers): string | null =>
  /^Bearer +([A-Za-z0-9_-]{43})$/iu.exec(headers.get("authorization") ?? "")?.[1] ?? null;

const isPermission = (access: Access): access is Permission =>
  access !== "anyone" && access !== "signed-in" && access !== "appliance";

const notForPrograms = (): AppError =>
  new AppError("permission.denied", "Only a person may do this, not an API account.");

function accessRefusal(because: Because): AppError {
  if (because.rule === "not-signed-in") return new AppError("sign_in.required", "Sign in to go on.");
  if (because.rule === "console-disabled") return consoleDisabled();
  if (because.rule === "outside-sign-in-schedule") return outsideSchedule(because.nextAt);
  return new AppError("permission.denied", "Your account may not do this. An administrator can allow it.");
}

function toResponse(value: unknown, shape: TSchema | undefined, headers: Headers): Response {
  if (value instanceof Response) {
    for (const [name, text] of headers) value.headers.append(name, text);
    return value;
  }
  if (shape === undefined) throw new Error("a route without a response shape answered without a Response");
  if (!fitsResponse(shape, value)) throw new Error("a route answered what its response shape does not promise");
  return Response.json(value, { headers });
}
