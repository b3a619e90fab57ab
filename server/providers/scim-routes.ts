import { type Route, route } from "../route.ts";
import { type Scim, scimJson } from "./scim/scim.ts";
import type { Plain } from "./scim/scim-input.ts";

const BASE = "/scim/v2";
const programs = { callers: "programs" } as const;

/** /scim/v2: what identity providers write accounts and groups by. Each request carries its provider's bearer token. */
export function scimRoutes(scim: Scim): Route[] {
  return [...resourceRoutes("Users", scim), ...resourceRoutes("Groups", scim), ...documentRoutes(scim)];
}

function resourceRoutes(kind: "Users" | "Groups", scim: Scim): Route[] {
  const one = `${BASE}/${kind}/:id`;
  return [
    route("GET", `${BASE}/${kind}`, "anyone", programs, ({ request, address }) =>
      scim.answer(request, address, async ({ of, listResponse }, query) => {
        const list = listResponse(await of(kind).list(query.get("filter")), query);
        return scimJson({ ...list, Resources: (list["Resources"] as Plain[]).map((item) => trimmed(item, query)) });
      }),
    ),
    route("POST", `${BASE}/${kind}`, "anyone", programs, ({ request, address }) =>
      scim.answer(request, address, async ({ of }, _query, body) => scimJson(await of(kind).create(await body()), 201)),
    ),
    route("GET", one, "anyone", programs, ({ request, address, params }) =>
      scim.answer(request, address, async ({ of }, query) =>
        scimJson(trimmed(await of(kind).get(params["id"]!), query)),
      ),
    ),
    route("PUT", one, "anyone", programs, ({ request, address, params }) =>
      scim.answer(request, address, async ({ of }, _query, body) =>
        scimJson(await of(kind).replace(params["id"]!, await body())),
      ),
    ),
    route("PATCH", one, "anyone", programs, ({ request, address, params }) =>
      scim.answer(request, address, async ({ of }, _query, body) =>
        scimJson(await of(kind).patch(params["id"]!, await body())),
      ),
    ),
    route("DELETE", one, "anyone", programs, ({ request, address, params }) =>
      scim.answer(request, address, async ({ of }) => {
        await of(kind).remove(params["id"]!);
        return new Response(null, { status: 204 });
      }),
    ),
  ];
}

function documentRoutes(scim: Scim): Route[] {
  return [
    route("GET", `${BASE}/ServiceProviderConfig`, "anyone", programs, ({ request, address }) =>
      scim.answer(request, address, ({ documents }) => Promise.resolve(scimJson(documents.serviceProviderConfig))),
    ),
    route("GET", `${BASE}/ResourceTypes`, "anyone", programs, ({ request, address }) =>
      scim.answer(request, address, ({ documents, listResponse }, query) =>
        Promise.resolve(scimJson(listResponse(documents.resourceTypes, query))),
      ),
    ),
    route("GET", `${BASE}/Schemas`, "anyone", programs, ({ request, address }) =>
      scim.answer(request, address, ({ documents, listResponse }, query) =>
        Promise.resolve(scimJson(listResponse(documents.schemas, query))),
      ),
    ),
  ];
}

/** Groups can be large: who asks without their members gets them without. */
function trimmed(resource: Plain, query: URLSearchParams): Plain {
  const excluded = (query.get("excludedAttributes") ?? "").split(",").map((name) => name.trim());
  return Object.fromEntries(Object.entries(resource).filter(([name]) => !excluded.includes(name)));
}
