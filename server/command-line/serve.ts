import { putPendingInPlace } from "../backups/swap.ts";
import { openCore } from "../core.ts";
import { prepareDataDirectory } from "../database/data-directory.ts";
import { DATA_PROBLEM_FILE, readDataProblem, serveDataProblem } from "../data-problem/data-problem.ts";
import { openPair } from "../standby/open-pair.ts";
import { openServer } from "../server.ts";
import { openServiceManager } from "../service-manager/service-manager.ts";
import { readListenAddress, readOptions } from "./arguments.ts";
import type { Command, CommandContext } from "./command.ts";

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
    const { hostname, port } = readListenAddress(options.listen);
    const serving = { ...options, hostname };
    const listening = (url: string): void => context.print(`Listening on ${url}`);
    const problem = options.appliance ? readDataProblem(DATA_PROBLEM_FILE) : null;
    if (problem !== null) return await tellProblem(problem, { hostname, port }, context);
    // Heard from the first moment to the last, so that none is lost between two times of serving.
    const stopped = context.untilStopped();
    // A restored site is served by the same process, and so is a site that was another appliance's, or is now: whoever
    // started it sees no end.
    for (let outcome = await serveOnce({ ...serving, port }, context, stopped, listening); outcome !== null;)
      outcome = await serveOnce({ ...serving, port: outcome.port }, context, stopped, (url) =>
        context.log.info("serving anew", { url }),
      );
    return 0;
  },
};

/** Instead of the site, while its data cannot be written. */
async function tellProblem(
  problem: string,
  place: { readonly hostname: string; readonly port: number },
  context: CommandContext,
): Promise<number> {
  context.log.warn("the data cannot be written; a page says so instead of the site", { problem });
  using manager = await openServiceManager(context.serviceManager, async () => undefined, context.log);
  await using served = serveDataProblem(problem, { ...place, now: context.clock.now() });
  manager.ready(`Telling on port ${served.port} that the data cannot be written`);
  await context.untilStopped();
  manager.stopping();
  return 0;
}

interface Serving {
  readonly data: string;
  readonly hostname: string;
  readonly port: number;
  readonly agents: string | null;
  readonly "quick-start": boolean;
  readonly appliance: boolean;
}

/** Why serving ends: somebody stops it, it goes on in this process, or whoever started this process starts another. */
const ends = { stop: "stopping", anew: "starting anew", leave: "ending, to be started anew by the service manager" };

/**
 * Until it is told to stop, then null; or until a backup shall be restored, roles change or the software shall restart, then
 * where to serve again. Our own unit starts an ended process again, and a new one is what a restart is for: null then, too.
 */
async function serveOnce(
  options: Serving,
  context: CommandContext,
  stopped: Promise<void>,
  listening: (url: string) => void,
): Promise<{ readonly port: number } | null> {
  const { hostname, port } = options;
  prepareDataDirectory(options.data);
  await using pair = await openPair(options.data, context);
  if (putPendingInPlace(options.data)) context.log.info("a restored site was put in place");
  pair.holdFromTheStart();
  await using core = await openCore({ ...context, directory: options.data });
  const assets = await context.loadAssets();
  const agentsDirectory = options.agents ?? context.agentsDirectory;
  const isConsoleSuggested = options["quick-start"];
  const openRooms = () => context.openRooms(core, { agentsDirectory });
  const isAppliance = options.appliance;
  using manager = await openServiceManager(context.serviceManager, () => core.settings.read(), context.log);
  await using server = await openServer({
    ...{ core, pair, assets, openRooms, isConsoleSuggested, isAppliance, hostname, port },
  });
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  listening(`https://${host}:${server.port}`);
  manager.ready(`Serving on port ${server.port}`);
  const isStartedAgain = isAppliance && context.serviceManager !== null;
  const end = await Promise.race<keyof typeof ends>([
    stopped.then(() => "stop"),
    core.restores.restartAsked.then(() => "anew"),
    pair.restartAsked.then(() => "anew"),
    core.restartWish.asked.then(() => (isStartedAgain ? "leave" : "anew")),
  ]);
  if (end !== "anew") manager.stopping();
  context.log.info(ends[end]);
  return end === "anew" ? { port: server.port } : null;
}
