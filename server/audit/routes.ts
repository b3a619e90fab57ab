import { Type } from "@sinclair/typebox";
import { AuditQuery, AuditRows } from "../../protocol/api/administration.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { type Route, route } from "../route.ts";
import { toStream } from "../text-stream.ts";
import { exportAudit, readAuditPage } from "./audit-log.ts";
import { joined, without } from "../../protocol/shapes.ts";

const ExportQuery = joined(
  without(AuditQuery, ["limit"]),
  Type.Object({ format: Type.Union([Type.Literal("csv"), Type.Literal("json")]) }),
);
const types = { csv: "text/csv; charset=utf-8", json: "application/x-ndjson; charset=utf-8" } as const;

/** /api/login/audit and its export: CSV for spreadsheets, JSON lines for programs. */
export function auditRoutes({ database, clock }: { readonly database: Database; readonly clock: Clock }): Route[] {
  const { queries } = database;
  return [
    route("GET", "/api/login/audit", "audit.view", { query: AuditQuery, response: AuditRows }, ({ query }) =>
      readAuditPage(queries, query),
    ),
    route(
      "GET",
      "/api/login/audit/export",
      "audit.view",
      { query: ExportQuery },
      ({ query: { format, ...filter } }) => {
        const name = `causeway-audit-${clock.now().toISOString().slice(0, 10)}.${format === "csv" ? "csv" : "jsonl"}`;
        return new Response(toStream(exportAudit(queries, filter, format)), {
          headers: { "content-type": types[format], "content-disposition": `attachment; filename="${name}"` },
        });
      },
    ),
  ];
}
