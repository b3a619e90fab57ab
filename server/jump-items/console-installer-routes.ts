import {
  agentPlatforms,
  CreateInstaller,
  Installer,
  Installers as InstallersBody,
} from "../../protocol/api/administration.ts";
import { Nothing } from "../../protocol/api/common.ts";
import { AppError } from "../../protocol/errors.ts";
import type { AgentBinaries } from "../installers/agent-binaries.ts";
import { installerResponse } from "../installers/installer-download.ts";
import { type Route, route } from "../route.ts";
import type { ConsoleInstallers } from "./console-installers.ts";

const PATH = "/api/console/installers";
const NEEDS = "jump-items.create";

/** What /console does with installers: as /api/login/installers, for the Jump Groups where one may create. */
export const consoleInstallerRoutes = (installers: ConsoleInstallers, agents: AgentBinaries): Route[] => [
  route("GET", PATH, NEEDS, { response: InstallersBody }, async ({ actor }) => ({
    installers: await installers.list(actor),
    platforms: await agents.platforms(),
  })),
  route("POST", PATH, NEEDS, { body: CreateInstaller, response: Installer }, ({ body, actor }) =>
    installers.create(body, actor),
  ),
  route("DELETE", `${PATH}/:id`, NEEDS, { response: Nothing }, async ({ params, actor }) => {
    await installers.delete(params["id"]!, actor);
    return {};
  }),
  route("GET", `${PATH}/:id/download/:platform`, NEEDS, {}, async ({ params, actor }) => {
    const platform = agentPlatforms.find((one) => one === params["platform"]);
    if (platform === undefined) throw new AppError("not_found", "There is no agent for that platform.");
    const agent = await agents.find(platform);
    const { name, file } = await installers.fileForDownload(params["id"]!, platform, actor);
    return installerResponse(name, platform, file, agent);
  }),
];
