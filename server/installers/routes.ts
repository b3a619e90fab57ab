import {
  agentPlatforms,
  type AgentPlatform,
  ChangeInstaller,
  CreateInstaller,
  Installer,
  InstallerChoices,
  JumpGroupChoicesQuery,
  Installers as InstallersBody,
} from "../../protocol/api/administration.ts";
import { Nothing } from "../../protocol/api/common.ts";
import { AppError } from "../../protocol/errors.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { type Route, route } from "../route.ts";
import type { AgentBinaries } from "./agent-binaries.ts";
import { installerResponse } from "./installer-download.ts";
import type { Installers } from "./installers.ts";

const PATH = "/api/login/installers";

/** What /login does with installers (JCSET-01). */
export const installerRoutes = (installers: Installers, agents: AgentBinaries): Route[] => [
  route("GET", PATH, "installers.manage", { response: InstallersBody }, async () => ({
    installers: await installers.list(),
    platforms: await agents.platforms(),
  })),
  route(
    "GET",
    `${PATH}/choices`,
    "installers.manage",
    { query: JumpGroupChoicesQuery, response: InstallerChoices },
    ({ query }) => installers.choices(query.search ?? ""),
  ),
  route("POST", PATH, "installers.manage", { body: CreateInstaller, response: Installer }, ({ body, actor }) =>
    installers.create(body, { id: actor.id, actor: auditActor(actor) }),
  ),
  route(
    "PATCH",
    `${PATH}/:id`,
    "installers.manage",
    { body: ChangeInstaller, response: Installer },
    ({ params, body, actor }) => installers.change(params["id"]!, body, auditActor(actor)),
  ),
  route("DELETE", `${PATH}/:id`, "installers.manage", { response: Nothing }, async ({ params, actor }) => {
    await installers.delete(params["id"]!, auditActor(actor));
    return {};
  }),
  route("GET", `${PATH}/:id/download/:platform`, "installers.manage", {}, async ({ params, actor }) => {
    const platform = platformOf(params["platform"]!);
    const agent = await agents.find(platform);
    const { name, file } = await installers.fileForDownload(params["id"]!, platform, auditActor(actor));
    return installerResponse(name, platform, file, agent);
  }),
];

function platformOf(text: string): AgentPlatform {
  const platform = agentPlatforms.find((one) => one === text);
  if (platform === undefined) throw new AppError("not_found", "There is no agent for that platform.");
  return platform;
}
