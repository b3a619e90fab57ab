import type { Status } from "../../../protocol/api/administration.ts";
import type { ApplianceStatus, Logs } from "../../../protocol/api/appliance/status.ts";
import { eventually } from "../../../ui/test/harness/eventually.ts";
import { must, type Scenario } from "../scenario.ts";
import { applianceAdministrator, siteAdministrator } from "../site/set-up.ts";
import type { WebClient } from "../site/web-client.ts";

/** systemd waits a second, and an emulated server takes its time to start. */
const PATIENCE_MS = 240_000;
const ENDING = "ending, to be started anew by the service manager";

/** systemd itself starts the software again; the machine runs on. */
export const softwareRestart: Scenario = {
  name: "software-restart",
  proves:
    "The software alone is restarted from /login and from /appliance: a new process of the same unit, on the machine that runs on.",
  limitMinutes: 40,
  async run(bench) {
    const machine = await bench.runningSite();
    const ada = await siteAdministrator(machine.address);
    const otto = await applianceAdministrator(machine.address);
    const { startedAt: softwareBegan } = await statusOf(ada);
    for (const [who, path] of [
      [ada, "/api/login/restart"],
      [otto, "/api/appliance/power/software"],
    ] as const) {
      const { startedAt } = await statusOf(ada);
      const begun = performance.now();
      await who.json("POST", path, { drainMinutes: 0 });
      await eventually(`the software to run again after ${path}`, () => isStartedAfter(ada, startedAt), PATIENCE_MS);
      await bench.figures.take(
        `software restarted by ${path}`,
        (performance.now() - begun) / 1000,
        "s",
        "until the status is answered",
      );
    }
    const { machine: host, events } = await otto.json<ApplianceStatus>("GET", "/api/appliance/status");
    must(
      host !== null && Date.parse(host.startedAt) < Date.parse(softwareBegan),
      `the machine runs since before its software did first (${host?.startedAt}, ${softwareBegan})`,
    );
    must(events.filter(({ title }) => title === "The software restarts").length === 2, "both restarts are told");
    const { lines } = await otto.json<typeof Logs.static>("GET", "/api/appliance/logs?unit=causeway&lines=500");
    const ended = lines.filter((line) => line.includes(ENDING)).length;
    must(ended === 2, `the process ended for systemd to start another (${ended} of 2)`);
  },
};

const statusOf = (client: WebClient): Promise<Status> => client.json<Status>("GET", "/api/login/status");

async function isStartedAfter(client: WebClient, before: string): Promise<boolean> {
  try {
    return (await statusOf(client)).startedAt !== before;
  } catch {
    // Nobody answers for a moment: that is what is waited for.
    return false;
  }
}
