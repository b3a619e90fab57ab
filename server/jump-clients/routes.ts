import { Type } from "@sinclair/typebox";
import { ChangeJumpClient, JumpClient, JumpClients as JumpClientsBody } from "../../protocol/api/administration.ts";
import { Nothing } from "../../protocol/api/common.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { type Route, route } from "../route.ts";
import type { JumpClients } from "./jump-clients.ts";

const Query = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 200 })),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
});
const PATH = "/api/login/jump-clients";

/** What /login does with Jump Clients. */
export const jumpClientRoutes = (jumpClients: JumpClients): Route[] => [
  route("GET", PATH, "jump-clients.manage", { query: Query, response: JumpClientsBody }, ({ query }) =>
    jumpClients.list(query),
  ),
  route(
    "PATCH",
    `${PATH}/:id`,
    "jump-clients.manage",
    { body: ChangeJumpClient, response: JumpClient },
    ({ params, body, actor }) => jumpClients.change(params["id"]!, body, auditActor(actor)),
  ),
  route("DELETE", `${PATH}/:id`, "jump-clients.manage", { response: Nothing }, async ({ params, actor }) => {
    await jumpClients.remove(params["id"]!, auditActor(actor));
    return {};
  }),
];
