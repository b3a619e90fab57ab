/**
 * A route is one line: method, path, what it asks of the caller, its shapes, its handler. http.ts mounts them all; the
 * hook there turns the area's cookie into an actor, asks decide(), checks the body and the query, and only then calls.
 *
 *     route("DELETE", "/api/login/installers/:id", "installers.manage", { response: Nothing }, ({ actor, params }) => …)
 */
import type { Static, TSchema } from "@sinclair/typebox";
import type { Access } from "../protocol/permissions.ts";
import type { Actor, ApplianceAdministrator } from "./actor.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface RouteShapes {
  /** JSON body; unknown fields are refused. Absent: the body is not read (a handler may stream `request.body`). */
  readonly body?: TSchema;
  readonly query?: TSchema;
  /** JSON response; absent: the handler returns a `Response` of its own. */
  readonly response?: TSchema;
  /** Largest body in bytes; default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Allowed without `Sec-Fetch-Site: same-origin` or our Origin: only GETs that show nothing private. */
  readonly isPublic?: boolean;
  /**
   * Who may send it beside our own pages: `any-site`, another site's page through the person's browser (an identity
   * provider's answer), or `programs`, which bring a bearer token. No cookie of an area counts: such a route is open to
   * anyone, lies outside both areas, and its handler proves who asks.
   */
  readonly callers?: "any-site" | "programs";
}

type Shape<T> = T extends TSchema ? Static<T> : undefined;

export interface RouteContext<S extends RouteShapes, A extends Access> {
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
  readonly body: Shape<S["body"]>;
  readonly query: Shape<S["query"]>;
  /** Who asks; only a route open to anyone may meet nobody. */
  readonly actor: A extends "anyone" ? Actor | null : A extends "appliance" ? ApplianceAdministrator : Actor;
  /** The address the request came from. */
  readonly address: string;
  /** Headers to add to the response (cookies, mostly). */
  readonly headers: Headers;
}

type Answer<S extends RouteShapes> = S["response"] extends TSchema ? Static<S["response"]> : Response;

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly access: Access;
  readonly shapes: RouteShapes;
  readonly handle: (context: RouteContext<RouteShapes, "anyone">) => unknown;
}

/** One route. A path's `:name` parts come percent-decoded in `params`; ids are checked by whoever looks them up. */
export function route<const A extends Access, const S extends RouteShapes>(
  method: Method,
  path: string,
  access: A,
  shapes: S,
  handle: (context: RouteContext<S, A>) => Answer<S> | Promise<Answer<S>>,
): Route {
  return { method, path, access, shapes, handle: handle as Route["handle"] };
}
