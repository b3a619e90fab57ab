import { AccessRequest, AccessRequests as Body, AskAccess } from "../../protocol/api/jump-items.ts";
import { type Route, route } from "../route.ts";
import type { AccessRequests } from "./access-requests.ts";

const PATH = "/api/console/access-requests";

/** Requests for access; who may answer which is decided request by request. */
export const accessRequestRoutes = (requests: AccessRequests): Route[] => [
  route("GET", PATH, "console.use", { response: Body }, async ({ actor }) => ({
    accessRequests: await requests.list(actor),
  })),
  route("POST", PATH, "session.start", { body: AskAccess, response: AccessRequest }, ({ body, actor }) =>
    requests.ask(body, actor),
  ),
  route("POST", `${PATH}/:id/approve`, "console.use", { response: AccessRequest }, ({ params, actor }) =>
    requests.approve(params["id"]!, actor),
  ),
  route("POST", `${PATH}/:id/deny`, "console.use", { response: AccessRequest }, ({ params, actor }) =>
    requests.deny(params["id"]!, actor),
  ),
  route("POST", `${PATH}/:id/withdraw`, "console.use", { response: AccessRequest }, ({ params, actor }) =>
    requests.withdraw(params["id"]!, actor),
  ),
];
