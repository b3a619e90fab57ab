/** /api/appliance/backups and /api/appliance/restore; and for programs the backup itself. */
import {
  Backup,
  Backups as BackupsState,
  BackupTargetTest,
  BackupTestWish,
  BeginRestore,
  ChangeBackupSettings,
  ReceivedSlice,
  Restore,
  RestoreSlice,
  RestoreState,
  RestoreWish,
} from "../../protocol/api/appliance/backups.ts";
import { Nothing } from "../../protocol/api/common.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ApplianceSignIns } from "../appliance-administrators/sign-ins.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { contentHeaders } from "../file-transfers/content-headers.ts";
import { type Route, route } from "../route.ts";
import type { BackupParts } from "./open-backups.ts";

export interface BackupRoutesNeeds extends BackupParts {
  readonly applianceSignIns: ApplianceSignIns;
}

export function backupRoutes(needs: BackupRoutesNeeds): Route[] {
  return [...listRoutes(needs), ...oneRoutes(needs), ...restoreRoutes(needs), ...programRoutes(needs)];
}

const PATH = "/api/appliance/backups";

function listRoutes({ backups, backupSettings }: BackupRoutesNeeds): Route[] {
  const change = { body: ChangeBackupSettings };
  return [
    route("GET", PATH, "appliance", { response: BackupsState }, () => backups.state()),
    route("POST", PATH, "appliance", { body: Nothing, response: Backup }, async ({ actor }) => {
      const { id } = await backups.begin("by-hand", { actor: auditActor(actor) });
      return await backups.find(id);
    }),
    route("PUT", `${PATH}/settings`, "appliance", { ...change, response: BackupsState }, async ({ actor, body }) => {
      await backupSettings.change(actor, body);
      return await backups.state();
    }),
    route("POST", `${PATH}/target-test`, "appliance", { ...change, response: BackupTargetTest }, ({ body }) =>
      backupSettings.test(body),
    ),
  ];
}

function oneRoutes({ backups, restores, applianceSignIns }: BackupRoutesNeeds): Route[] {
  const one = `${PATH}/:id`;
  return [
    route("DELETE", one, "appliance", { response: Nothing }, async ({ actor, params }) => {
      await backups.kept.remove(params["id"]!, auditActor(actor), (tx) => applianceSignIns.requireIn(tx, actor));
      return {};
    }),
    route(
      "POST",
      `${one}/test`,
      "appliance",
      { body: BackupTestWish, response: Backup },
      async ({ actor, params, body }) => {
        const { id } = await backups.beginTest(params["id"]!, body.passphrase ?? null, auditActor(actor));
        return await backups.find(id);
      },
    ),
    route("POST", `${one}/cancel`, "appliance", { body: Nothing, response: Backup }, ({ params }) =>
      backups.cancel(params["id"]!),
    ),
    route("GET", `${one}/content`, "appliance", {}, async ({ actor, params }) => {
      const { fileName, content } = await backups.kept.content(params["id"]!, auditActor(actor));
      return new Response(content, { headers: contentHeaders(fileName) });
    }),
    route("POST", `${one}/restore`, "appliance", { body: RestoreWish, response: Restore }, ({ actor, params, body }) =>
      restores.beginFromList(actor, params["id"]!, body.passphrase),
    ),
  ];
}

function restoreRoutes({ restores }: BackupRoutesNeeds): Route[] {
  const path = "/api/appliance/restore";
  return [
    route("GET", path, "appliance", { response: RestoreState }, () => ({ restore: restores.state() })),
    route("POST", `${path}/begin`, "appliance", { body: BeginRestore, response: Restore }, ({ body }) =>
      restores.beginUpload(body.sizeBytes, body.passphrase),
    ),
    route(
      "PUT",
      `${path}/:id/content`,
      "appliance",
      { query: RestoreSlice, response: ReceivedSlice },
      async ({ actor, params, query, request }) => {
        if (request.body === null) throw new AppError("request.invalid", "A slice of the backup was expected.");
        return { receivedBytes: await restores.put(actor, params["id"]!, query.offset, request.body) };
      },
    ),
    route("POST", `${path}/:id/start`, "appliance", { body: Nothing, response: Restore }, ({ actor, params }) =>
      restores.start(actor, params["id"]!),
    ),
    route("POST", `${path}/:id/cancel`, "appliance", { body: Nothing, response: Nothing }, async ({ params }) => {
      await restores.cancel(params["id"]!);
      return {};
    }),
  ];
}

function programRoutes({ backups }: BackupRoutesNeeds): Route[] {
  return [
    route("GET", "/api/login/backup", "backups.take", {}, async ({ actor }) => {
      const { fileName, content } = await backups.handOut(auditActor(actor));
      return new Response(content, { headers: contentHeaders(fileName) });
    }),
  ];
}
