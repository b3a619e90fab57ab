import { Nothing } from "../../protocol/api/common.ts";
import {
  ChangeJumpPolicy,
  CopyJumpPolicy,
  CreateJumpPolicy,
  JumpPolicies as All,
  JumpPolicy,
  JumpPolicyChoices,
} from "../../protocol/api/policies.ts";
import { type Route, route } from "../route.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import { JumpPolicies } from "./jump-policies.ts";

const PATH = "/api/login/jump-policies";
const MANAGE = "jump-policies.manage";

/** /api/login/jump-policies. */
export function jumpPolicyRoutes(needs: RightsChangeNeeds): Route[] {
  const policies = new JumpPolicies(needs);
  return [
    route("GET", PATH, MANAGE, { response: All }, async () => ({ jumpPolicies: await policies.list() })),
    route("GET", `${PATH}/choices`, MANAGE, { response: JumpPolicyChoices }, async () => ({
      teams: await policies.teams(),
    })),
    route("GET", `${PATH}/:id`, MANAGE, { response: JumpPolicy }, ({ params }) => policies.get(params["id"]!)),
    route("POST", PATH, MANAGE, { body: CreateJumpPolicy, response: JumpPolicy }, ({ actor, body }) =>
      policies.create(actor, body),
    ),
    route(
      "POST",
      `${PATH}/:id/copy`,
      MANAGE,
      { body: CopyJumpPolicy, response: JumpPolicy },
      ({ actor, params, body }) => policies.copy(actor, params["id"]!, body.displayName),
    ),
    route("PATCH", `${PATH}/:id`, MANAGE, { body: ChangeJumpPolicy, response: JumpPolicy }, ({ actor, params, body }) =>
      policies.change(actor, params["id"]!, body),
    ),
    route("DELETE", `${PATH}/:id`, MANAGE, { response: Nothing }, async ({ actor, params }) => {
      await policies.delete(actor, params["id"]!);
      return {};
    }),
  ];
}
