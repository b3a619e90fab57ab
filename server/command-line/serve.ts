import { openCore } from "../core.ts";
import { openServer } from "../server.ts";
import { openServiceManager } from "../service-manager/service-manager.ts";
import { readListenAddress, readOptions } from "./arguments.ts";
import type { Command } from "./command.ts";

/** Serves until it is told to stop. */
export const serve: Command = {
  usage: "--data DIR --listen ADDRESS:PORT [--agents DIR] [--quick-start] [--appliance]",
  summary: "Serve the site. Port 0 lets the system choose.",
  async run(words, context) {
    const options = readOptions(
      {
        data: { kind: "text", isRequired: true },
        listen: { kind: "text", isRequired: true },
        agents: { kind: "text", isRequired: false },
        "quick-start": { kind: "flag", isRequired: false },
        appliance: { kind: "flag", isRequired: false },
      },
      words,
    );
    const address = readListenAddress(options.listen);
    await using core = await openCore({ ...context, directory: options.data });
    const assets = await context.loadAssets();
    const agentsDirectory = options.agents ?? context.agentsDirectory;
    const isConsoleSuggested = options["quick-start"];
    const openRooms = () => context.openRooms(core, { agentsDirectory });
    const isAppliance = options.appliance;
    using manager = await openServiceManager(context.serviceManager, () => core.settings.read(), context.log);
    await using server = await openServer({ core, assets, openRooms, isConsoleSuggested, isAppliance, ...address });
    const host = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
    context.print(`Listening on https://${host}:${server.port}`);
    manager.ready(`Serving on port ${server.port}`);
    await context.untilStopped();
    manager.stopping();
    context.log.info("stopping");
    return 0;
  },
};
