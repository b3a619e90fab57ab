import { ChangeJumpGroup, CreateJumpGroup, JumpGroup, JumpGroups as Body } from "../../protocol/api/administration.ts";
import { Nothing } from "../../protocol/api/common.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { type Route, route } from "../route.ts";
import type { JumpGroups } from "./jump-groups.ts";

const PATH = "/api/login/jump-groups";

/** What /login does with Jump Groups. */
export const jumpGroupRoutes = (jumpGroups: JumpGroups): Route[] => [
  route("GET", PATH, "jump-groups.manage", { response: Body }, async () => ({ jumpGroups: await jumpGroups.list() })),
  route("POST", PATH, "jump-groups.manage", { body: CreateJumpGroup, response: JumpGroup }, ({ body, actor }) =>
    jumpGroups.create(body, auditActor(actor)),
  ),
  route(
    "PATCH",
    `${PATH}/:id`,
    "jump-groups.manage",
    { body: ChangeJumpGroup, response: JumpGroup },
    ({ params, body, actor }) => jumpGroups.change(params["id"]!, body, auditActor(actor)),
  ),
  route("DELETE", `${PATH}/:id`, "jump-groups.manage", { response: Nothing }, async ({ params, actor }) => {
    await jumpGroups.delete(params["id"]!, auditActor(actor));
    return {};
  }),
];
