import { join } from "node:path";
import { AppError } from "../../protocol/errors.ts";
import { checkInstallDirectory } from "../service/install-directory.ts";
import { placeProgram } from "../service/installation.ts";
import { SYSTEM_STATE_DIRECTORY } from "../service/state-directory.ts";
import { findSystemd, SystemdService } from "../service/systemd.ts";
import { AgentState } from "../trust/agent-state.ts";
import type { Command, Surroundings } from "./command.ts";
import { readInstallerFile } from "./installer-file.ts";
import { alreadyNamed, jumpClientName } from "./jump-client-name.ts";

export const DEFAULT_INSTALL_DIRECTORY = "/opt/causeway-agent";

/** Installs the agent as a service of this computer. */
export const installCommand: Command = {
  name: "install",
  usage: "install --installer FILE [--name NAME] [--directory DIRECTORY]",
  summary: `Install as a service, as root. The directory is ${DEFAULT_INSTALL_DIRECTORY} unless given.`,
  options: ["installer", "name", "directory"],
  async run(options, surroundings) {
    const executable = requireInstallable(surroundings);
    const installer = options.get("installer");
    if (installer === undefined) throw new AppError("request.invalid", "install needs --installer FILE.");
    const content = readInstallerFile(installer);
    const name = jumpClientName(options);
    const directory = checkInstallDirectory(options.get("directory") ?? DEFAULT_INSTALL_DIRECTORY);
    const state = AgentState.create(SYSTEM_STATE_DIRECTORY, content, name);
    if (name !== null && state.jumpClient !== null) surroundings.print(alreadyNamed(state));
    const program = placeProgram(executable, directory, state.directory);
    const systemd = findSystemd();
    if (systemd === null) {
      surroundings.print(`The agent is in ${directory}, but this computer has no systemd to run it as a service.`);
      surroundings.print(`Have your service manager run, as root: "${program}" run --state "${state.directory}"`);
      return 0;
    }
    await new SystemdService(systemd).install(program, state.directory);
    surroundings.print(
      `The agent is installed in ${directory} and runs. Its site is ${content.siteName} (${content.site}).`,
    );
    surroundings.print(`See how it is doing: "${join(directory, "causeway-agent")}" status`);
    return 0;
  },
};

function requireInstallable({ isRoot, executable }: Surroundings): string {
  if (!isRoot)
    throw new AppError(
      "permission.denied",
      "Installing a service needs root. Run it with sudo, or use: causeway-agent run",
    );
  if (executable === null)
    throw new AppError(
      "agent.unsupported",
      "Only the built program can be installed. Run make build and use dist/causeway-agent.",
    );
  return executable;
}
