import { Type } from "@sinclair/typebox";
import { AuditRows } from "../../protocol/api/administration.ts";
import { Nothing } from "../../protocol/api/common.ts";
import {
  ChangeUser,
  CreateUser,
  EffectiveSettings,
  HistoryQuery,
  SettingChoices,
  UserDetail,
  UserQuery,
  Users as Page,
} from "../../protocol/api/users.ts";
import type { Actor } from "../actor.ts";
import type { Audit } from "../audit/audit.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { readObjectHistory } from "../audit/object-history.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { type Route, route } from "../route.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import { toStream } from "../text-stream.ts";
import { AccountHelp } from "./account-help.ts";
import { settingChoices } from "./choices.ts";
import type { Representatives } from "./representatives.ts";
import { userReport } from "./user-report.ts";
import { Users } from "./users.ts";

export interface RepresentativeRoutesNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly policyBook: PolicyBook;
  readonly signIns: SignIns;
  readonly representatives: Representatives;
}

const PATH = "/api/login/users";
const ReportQuery = Type.Object({ format: Type.Union([Type.Literal("csv"), Type.Literal("json")]) });
type Format = "csv" | "json";
const types = { csv: "text/csv; charset=utf-8", json: "application/x-ndjson; charset=utf-8" } as const;

/** /api/login/users. */
export function representativeRoutes(needs: RepresentativeRoutesNeeds): Route[] {
  const users = new Users(needs);
  return [...readingRoutes(needs, users), ...changingRoutes(needs, users), ...helpRoutes(new AccountHelp(needs))];
}

function readingRoutes(needs: RepresentativeRoutesNeeds, users: Users): Route[] {
  const { queries } = needs.database;
  return [
    route("GET", PATH, "users.view", { query: UserQuery, response: Page }, ({ query }) => users.list(query)),
    route("GET", `${PATH}/choices`, "users.view", { response: SettingChoices }, () => settingChoices(queries)),
    route("GET", `${PATH}/report`, "users.view", { query: ReportQuery }, ({ actor, query }) =>
      reportResponse(needs, users, actor, query.format),
    ),
    route("GET", `${PATH}/:id`, "users.view", { response: UserDetail }, ({ params }) => users.get(params["id"]!)),
    route("GET", `${PATH}/:id/effective`, "users.view", { response: EffectiveSettings }, ({ params }) =>
      users.effective(params["id"]!),
    ),
    route(
      "GET",
      `${PATH}/:id/history`,
      "users.view",
      { query: HistoryQuery, response: AuditRows },
      ({ params, query }) => readObjectHistory(queries, { kind: "user", id: params["id"]! }, query),
    ),
  ];
}

function changingRoutes({ representatives }: RepresentativeRoutesNeeds, users: Users): Route[] {
  return [
    route("POST", PATH, "users.edit", { body: CreateUser, response: UserDetail }, async ({ actor, body }) =>
      users.get(await representatives.create(actor, body)),
    ),
    route(
      "PATCH",
      `${PATH}/:id`,
      "users.edit",
      { body: ChangeUser, response: UserDetail },
      async ({ actor, params, body }) => {
        await representatives.change(actor, params["id"]!, body);
        return await users.get(params["id"]!);
      },
    ),
    route("DELETE", `${PATH}/:id`, "users.edit", { response: Nothing }, async ({ actor, params }) => {
      await representatives.delete(actor, params["id"]!);
      return {};
    }),
  ];
}

function helpRoutes(help: AccountHelp): Route[] {
  return [
    route("POST", `${PATH}/:id/sign-out`, "users.edit", { response: Nothing }, async ({ actor, params }) => {
      await help.signOut(actor, params["id"]!);
      return {};
    }),
    route("POST", `${PATH}/:id/unlock`, "users.edit", { response: Nothing }, async ({ actor, params }) => {
      await help.unlock(actor, params["id"]!);
      return {};
    }),
    route("DELETE", `${PATH}/:id/second-proofs`, "users.edit", { response: Nothing }, async ({ actor, params }) => {
      await help.removeSecondProofs(actor, params["id"]!);
      return {};
    }),
  ];
}

/** The report as a download; that it was taken is written down first. */
async function reportResponse(
  { database, audit, clock }: RepresentativeRoutesNeeds,
  users: Users,
  actor: Actor,
  format: Format,
): Promise<Response> {
  const object = { kind: "report", id: "users", name: "users" };
  const event = { action: "users.reported", outcome: "succeeded", actor: auditActor(actor), object } as const;
  await database.transaction((tx) => audit.record(tx, { ...event, detail: { format } }));
  const name = `causeway-users-${clock.now().toISOString().slice(0, 10)}.${format === "csv" ? "csv" : "jsonl"}`;
  return new Response(toStream(userReport(database.queries, clock, users, format)), {
    headers: { "content-type": types[format], "content-disposition": `attachment; filename="${name}"` },
  });
}
