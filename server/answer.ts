/** What a request finds at a place: a socket, a page, the API, the way to the console's place, or nothing. */
import type { Server } from "bun";
import { AGENT_SESSION_SOCKET_PATH, AGENT_SOCKET_PATH, CONSOLE_SOCKET_PATH } from "../protocol/hello.ts";
import { addressOf } from "./address.ts";
import { Assets, type AssetTable } from "./assets.ts";
import type { Gateway, SocketData } from "./gateway/gateway-interface.ts";
import type { Connection, HttpApi, HttpNeeds } from "./http.ts";
import { HTTP_IDLE_SECONDS } from "./listener.ts";
import type { Answer } from "./listeners/listening-places.ts";
import { notFound, refusalResponse } from "./refusal-response.ts";
import { pathOf } from "./request-path.ts";
import type { Route } from "./route.ts";
import { addApiHeaders } from "./security-headers.ts";
import type { Site } from "./site/site.ts";

const socketPaths: ReadonlySet<string> = new Set([AGENT_SOCKET_PATH, AGENT_SESSION_SOCKET_PATH, CONSOLE_SOCKET_PATH]);

export interface AnswerNeeds {
  readonly core: HttpNeeds & { readonly site: Site };
  readonly assets: AssetTable;
  readonly gateway: Gateway;
  readonly routes: readonly Route[];
  /** There as long as the site is not set up. */
  readonly settingUp: readonly Route[];
  /** Where a page of the console is, for who asks for it where administration is; null: it is none. */
  consoleAddress(url: string): string | null;
}

/** Answers every request of the server. */
export function createAnswer({ core, assets, gateway, routes, settingUp, consoleAddress }: AnswerNeeds): Answer {
  // Each is made with the first request that needs it: a site is set up once and started many times, and after a start
  // pages and computers come first, which ask no route.
  let api: Promise<HttpApi> | null = null;
  let beforeSetUp: Promise<HttpApi> | null = null;
  const create = async (mounted: readonly Route[]) => (await import("./http.ts")).createHttpApi(mounted, core);
  const apiOfSite = () => (api ??= create(routes));
  const apiBeforeSetUp = () => (beforeSetUp ??= create([...routes, ...settingUp]));
  const pages = new Assets(assets);
  return async (request, server, isOpenTo) => {
    const path = pathOf(request.url);
    const address = addressOf(request, server);
    if (!isOpenTo(path, address)) {
      const isAdministration = request.method === "GET" && isOpenTo("/login", address);
      return elsewhere(isAdministration ? consoleAddress(request.url) : null);
    }
    if (socketPaths.has(path)) {
      const refused = gateway.upgrade(request, server);
      if (refused !== undefined) addApiHeaders(refused.headers);
      return refused;
    }
    const page = pages.respond(request);
    if (page !== null) return page;
    const answer = (await core.site.isSetUp()) ? await apiOfSite() : await apiBeforeSetUp();
    return await answer(request, connectionOf(request, server));
  };
}

/** The way to the console's place for who administers; else the same bytes as for an address that nobody mounted. */
function elsewhere(location: string | null): Response {
  const response =
    location === null
      ? refusalResponse(notFound())
      : new Response(null, { status: 307, headers: { location, "cache-control": "no-store" } });
  addApiHeaders(response.headers);
  return response;
}

function connectionOf(request: Request, server: Server<SocketData>): Connection {
  return {
    address: addressOf(request, server),
    setHurried: (isHurried) => server.timeout(request, isHurried ? HTTP_IDLE_SECONDS : 0),
  };
}
