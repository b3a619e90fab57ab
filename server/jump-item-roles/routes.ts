import { Nothing } from "../../protocol/api/common.ts";
import {
  ChangeJumpItemRole,
  CreateJumpItemRole,
  JumpItemRole,
  JumpItemRoles as All,
} from "../../protocol/api/policies.ts";
import { type Route, route } from "../route.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import { JumpItemRoles } from "./jump-item-roles.ts";

const PATH = "/api/login/jump-item-roles";
const MANAGE = "jump-item-roles.manage";

/** /api/login/jump-item-roles. */
export function jumpItemRoleRoutes(needs: RightsChangeNeeds): Route[] {
  const roles = new JumpItemRoles(needs);
  return [
    route("GET", PATH, MANAGE, { response: All }, async () => ({ jumpItemRoles: await roles.list() })),
    route("POST", PATH, MANAGE, { body: CreateJumpItemRole, response: JumpItemRole }, ({ actor, body }) =>
      roles.create(actor, body),
    ),
    route(
      "PATCH",
      `${PATH}/:id`,
      MANAGE,
      { body: ChangeJumpItemRole, response: JumpItemRole },
      ({ actor, params, body }) => roles.change(actor, params["id"]!, body),
    ),
    route("DELETE", `${PATH}/:id`, MANAGE, { response: Nothing }, async ({ actor, params }) => {
      await roles.delete(actor, params["id"]!);
      return {};
    }),
  ];
}
