import { AuditRows } from "../../protocol/api/administration.ts";
import { Nothing } from "../../protocol/api/common.ts";
import {
  ChangeTeam,
  CreateTeam,
  HistoryQuery,
  People,
  PeopleQuery,
  Team,
  TeamChoices,
  Teams as All,
  TeamsQuery,
} from "../../protocol/api/users.ts";
import { readObjectHistory } from "../audit/object-history.ts";
import { peopleNamed } from "../representatives/choices.ts";
import { type Route, route } from "../route.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import { Teams } from "./teams.ts";

const PATH = "/api/login/teams";

/** /api/login/teams. */
export function teamRoutes(needs: RightsChangeNeeds): Route[] {
  const teams = new Teams(needs);
  const { queries } = needs.database;
  return [
    route("GET", PATH, "teams.manage", { query: TeamsQuery, response: All }, ({ query }) => teams.list(query)),
    route("GET", `${PATH}/choices`, "teams.manage", { response: TeamChoices }, () => teams.choices()),
    route("GET", `${PATH}/people`, "teams.manage", { query: PeopleQuery, response: People }, ({ query }) =>
      peopleNamed(queries, needs.clock, query.search ?? ""),
    ),
    route("GET", `${PATH}/:id`, "teams.manage", { response: Team }, ({ params }) => teams.get(params["id"]!)),
    route(
      "GET",
      `${PATH}/:id/history`,
      "teams.manage",
      { query: HistoryQuery, response: AuditRows },
      ({ params, query }) => readObjectHistory(queries, { kind: "team", id: params["id"]! }, query),
    ),
    route("POST", PATH, "teams.manage", { body: CreateTeam, response: Team }, ({ actor, body }) =>
      teams.create(actor, body),
    ),
    route("PATCH", `${PATH}/:id`, "teams.manage", { body: ChangeTeam, response: Team }, ({ actor, params, body }) =>
      teams.change(actor, params["id"]!, body),
    ),
    route("DELETE", `${PATH}/:id`, "teams.manage", { response: Nothing }, async ({ actor, params }) => {
      await teams.delete(actor, params["id"]!);
      return {};
    }),
  ];
}
