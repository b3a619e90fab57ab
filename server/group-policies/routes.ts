import { AuditRows } from "../../protocol/api/administration.ts";
import { Nothing } from "../../protocol/api/common.ts";
import {
  ChangeGroupPolicy,
  CopyGroupPolicy,
  CreateGroupPolicy,
  GroupPolicies as All,
  GroupPolicy,
  GroupPolicyPreview,
  HistoryQuery,
  OrderGroupPolicies,
  People,
  PeopleQuery,
  PreviewGroupPolicy,
  SettingChoices,
} from "../../protocol/api/users.ts";
import { readObjectHistory } from "../audit/object-history.ts";
import { peopleNamed, settingChoices } from "../representatives/choices.ts";
import { type Route, route } from "../route.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import { GroupPolicies } from "./group-policies.ts";
import { previewChange } from "./preview.ts";

const PATH = "/api/login/group-policies";
/** Five thousand groups of a provider with long names in any script. */
const maxBodyBytes = 16 << 20;

/** /api/login/group-policies. */
export function groupPolicyRoutes(needs: RightsChangeNeeds): Route[] {
  const groupPolicies = new GroupPolicies(needs);
  return [...readingRoutes(needs, groupPolicies), ...changingRoutes(groupPolicies)];
}

function readingRoutes(needs: RightsChangeNeeds, groupPolicies: GroupPolicies): Route[] {
  const { database, clock, policyBook } = needs;
  const { queries } = database;
  return [
    route("GET", PATH, "group-policies.view", { response: All }, async () => ({
      groupPolicies: await groupPolicies.list(),
    })),
    route("GET", `${PATH}/choices`, "group-policies.view", { response: SettingChoices }, () => settingChoices(queries)),
    route("GET", `${PATH}/people`, "group-policies.view", { query: PeopleQuery, response: People }, ({ query }) =>
      peopleNamed(queries, clock, query.search ?? ""),
    ),
    route("GET", `${PATH}/:id`, "group-policies.view", { response: GroupPolicy }, ({ params }) =>
      groupPolicies.get(params["id"]!),
    ),
    route(
      "GET",
      `${PATH}/:id/history`,
      "group-policies.view",
      { query: HistoryQuery, response: AuditRows },
      ({ params, query }) => readObjectHistory(queries, { kind: "group-policy", id: params["id"]! }, query),
    ),
    route(
      "POST",
      `${PATH}/:id/preview`,
      "group-policies.edit",
      { body: PreviewGroupPolicy, response: GroupPolicyPreview, maxBodyBytes },
      ({ actor, params, body }) =>
        previewChange({ database, policies: policyBook.current(), now: clock.now() }, actor, params["id"]!, body),
    ),
  ];
}

function changingRoutes(groupPolicies: GroupPolicies): Route[] {
  return [
    route(
      "POST",
      PATH,
      "group-policies.edit",
      { body: CreateGroupPolicy, response: GroupPolicy, maxBodyBytes },
      ({ actor, body }) => groupPolicies.create(actor, body),
    ),
    route(
      "PUT",
      `${PATH}/order`,
      "group-policies.edit",
      { body: OrderGroupPolicies, response: All },
      async ({ actor, body }) => ({ groupPolicies: await groupPolicies.order(actor, body.ids) }),
    ),
    route(
      "POST",
      `${PATH}/:id/copy`,
      "group-policies.edit",
      { body: CopyGroupPolicy, response: GroupPolicy },
      ({ actor, params, body }) => groupPolicies.copy(actor, params["id"]!, body.name),
    ),
    route(
      "PATCH",
      `${PATH}/:id`,
      "group-policies.edit",
      { body: ChangeGroupPolicy, response: GroupPolicy, maxBodyBytes },
      ({ actor, params, body }) => groupPolicies.change(actor, params["id"]!, body),
    ),
    route("DELETE", `${PATH}/:id`, "group-policies.edit", { response: Nothing }, async ({ actor, params }) => {
      await groupPolicies.delete(actor, params["id"]!);
      return {};
    }),
  ];
}
