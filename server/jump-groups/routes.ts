import {
  ChangeJumpGroup,
  CreateJumpGroup,
  JumpGroup,
  JumpGroupChoices,
  JumpGroupChoicesQuery,
  JumpGroups as Body,
  JumpGroupsQuery,
} from "../../protocol/api/administration.ts";
import { Nothing } from "../../protocol/api/common.ts";
import {
  JumpGroupMembers as MembersBody,
  JumpGroupMembersQuery,
  JumpGroupPeople,
  SetJumpGroupMember,
} from "../../protocol/api/policies.ts";
import { PeopleQuery } from "../../protocol/api/users.ts";
import type { Queries } from "../database/database.ts";
import { peopleNamed } from "../representatives/choices.ts";
import { type Route, route } from "../route.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import { jumpGroupsNamed } from "./jump-group-choices.ts";
import { JumpGroupMembers } from "./jump-group-members.ts";
import { JumpGroups } from "./jump-groups.ts";

const PATH = "/api/login/jump-groups";
const MANAGE = "jump-groups.manage";

/** What /login does with Jump Groups and who is in them. */
export function jumpGroupRoutes(needs: RightsChangeNeeds): Route[] {
  return [
    ...groupRoutes(new JumpGroups(needs), needs.database.queries),
    ...memberRoutes(needs, new JumpGroupMembers(needs)),
  ];
}

const groupRoutes = (jumpGroups: JumpGroups, queries: Queries): Route[] => [
  route("GET", PATH, MANAGE, { query: JumpGroupsQuery, response: Body }, ({ query }) => jumpGroups.list(query)),
  route("GET", `${PATH}/choices`, MANAGE, { query: JumpGroupChoicesQuery, response: JumpGroupChoices }, ({ query }) =>
    jumpGroupsNamed(queries, query.search ?? ""),
  ),
  route("GET", `${PATH}/:id`, MANAGE, { response: JumpGroup }, ({ params }) => jumpGroups.get(params["id"]!)),
  route("POST", PATH, MANAGE, { body: CreateJumpGroup, response: JumpGroup }, ({ body, actor }) =>
    jumpGroups.create(body, actor),
  ),
  route("PATCH", `${PATH}/:id`, MANAGE, { body: ChangeJumpGroup, response: JumpGroup }, ({ params, body, actor }) =>
    jumpGroups.change(params["id"]!, body, actor),
  ),
  route("DELETE", `${PATH}/:id`, MANAGE, { response: Nothing }, async ({ params, actor }) => {
    await jumpGroups.delete(params["id"]!, actor);
    return {};
  }),
];

const memberRoutes = ({ database, clock, policyBook }: RightsChangeNeeds, members: JumpGroupMembers): Route[] => [
  route("GET", `${PATH}/people`, MANAGE, { query: PeopleQuery, response: JumpGroupPeople }, async ({ query }) => ({
    ...(await peopleNamed(database.queries, clock, query.search ?? "")),
    jumpItemRoles: Array.from(policyBook.current().jumpItemRoles.values(), ({ id, name }) => ({ id, name })),
  })),
  route(
    "GET",
    `${PATH}/:id/members`,
    MANAGE,
    { query: JumpGroupMembersQuery, response: MembersBody },
    ({ params, query }) => members.list(params["id"]!, query),
  ),
  route(
    "PUT",
    `${PATH}/:id/members/:user`,
    MANAGE,
    { body: SetJumpGroupMember, response: Nothing },
    async ({ params, body, actor }) => {
      await members.set(actor, params["id"]!, params["user"]!, body.role);
      return {};
    },
  ),
  route("DELETE", `${PATH}/:id/members/:user`, MANAGE, { response: Nothing }, async ({ params, actor }) => {
    await members.remove(actor, params["id"]!, params["user"]!);
    return {};
  }),
];
