import { Nothing } from "../../protocol/api/common.ts";
import {
  ChangeGlobalSessionPolicy,
  ChangeSessionPolicy,
  CopySessionPolicy,
  CreateSessionPolicy,
  GlobalSessionPolicy,
  SessionPolicies as All,
  SessionPolicy,
  Simulate,
  Simulation,
  SimulationChoices,
} from "../../protocol/api/policies.ts";
import { PeopleQuery } from "../../protocol/api/users.ts";
import type { JumpClients } from "../jump-clients/jump-clients.ts";
import { readGlobalSessionPolicy } from "../policy-book/site-rules.ts";
import { type Route, route } from "../route.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import { changeGlobalSessionPolicy } from "./global-session-policy.ts";
import { SessionPolicies } from "./session-policies.ts";
import { SessionPolicySimulator } from "./simulator.ts";

const PATH = "/api/login/session-policies";
const VIEW = "session-policies.view";
const EDIT = "session-policies.edit";

/** /api/login/session-policies. */
export function sessionPolicyRoutes(needs: RightsChangeNeeds, jumpClients: Pick<JumpClients, "decisionItem">): Route[] {
  return [...globalRoutes(needs), ...simulatorRoutes(needs, jumpClients), ...policyRoutes(new SessionPolicies(needs))];
}

const globalRoutes = (needs: RightsChangeNeeds): Route[] => [
  route("GET", `${PATH}/global`, VIEW, { response: GlobalSessionPolicy }, () =>
    readGlobalSessionPolicy(needs.database.queries),
  ),
  route(
    "PATCH",
    `${PATH}/global`,
    EDIT,
    { body: ChangeGlobalSessionPolicy, response: GlobalSessionPolicy },
    ({ actor, body }) => changeGlobalSessionPolicy(needs, actor, body),
  ),
];

function simulatorRoutes(needs: RightsChangeNeeds, jumpClients: Pick<JumpClients, "decisionItem">): Route[] {
  const simulator = new SessionPolicySimulator(needs, jumpClients);
  const choices = { query: PeopleQuery, response: SimulationChoices };
  return [
    route("GET", `${PATH}/simulate/choices`, VIEW, choices, ({ query }) => simulator.choices(query.search ?? "")),
    route("POST", `${PATH}/simulate`, VIEW, { body: Simulate, response: Simulation }, ({ body }) =>
      simulator.simulate(body),
    ),
  ];
}

const policyRoutes = (policies: SessionPolicies): Route[] => [
  route("GET", PATH, VIEW, { response: All }, async () => ({ sessionPolicies: await policies.list() })),
  route("GET", `${PATH}/:id`, VIEW, { response: SessionPolicy }, ({ params }) => policies.get(params["id"]!)),
  route("POST", PATH, EDIT, { body: CreateSessionPolicy, response: SessionPolicy }, ({ actor, body }) =>
    policies.create(actor, body),
  ),
  route(
    "POST",
    `${PATH}/:id/copy`,
    EDIT,
    { body: CopySessionPolicy, response: SessionPolicy },
    ({ actor, params, body }) => policies.copy(actor, params["id"]!, body.displayName),
  ),
  route(
    "PATCH",
    `${PATH}/:id`,
    EDIT,
    { body: ChangeSessionPolicy, response: SessionPolicy },
    ({ actor, params, body }) => policies.change(actor, params["id"]!, body),
  ),
  route("DELETE", `${PATH}/:id`, EDIT, { response: Nothing }, async ({ actor, params }) => {
    await policies.delete(actor, params["id"]!);
    return {};
  }),
];
