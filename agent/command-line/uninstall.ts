import { AppError } from "../../protocol/errors.ts";
import { removeEverything } from "../service/remove-everything.ts";
import { SYSTEM_STATE_DIRECTORY } from "../service/state-directory.ts";
import type { Command } from "./command.ts";

/** Takes the agent off this computer. */
export const uninstallCommand: Command = {
  name: "uninstall",
  usage: "uninstall",
  summary: "Remove the service, the program and everything the agent kept, as root.",
  options: [],
  async run(_, { isRoot, print }) {
    if (!isRoot) throw new AppError("permission.denied", "Removing the service needs root. Run it with sudo.");
    await removeEverything(SYSTEM_STATE_DIRECTORY, { isFromWithin: false });
    print("The agent is removed. The site shows this computer as offline until somebody removes it there.");
    return 0;
  },
};
