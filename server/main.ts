/** The program `causeway`: the one place that reads the environment and the process. */
import { writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { JOB_WORD } from "./backups/job/jobs.ts";
import { systemClock } from "./clock.ts";
import { createLog } from "./log.ts";
import { BASE_FILE_WORD, STANDBY_JOB_WORD } from "./standby/job-words.ts";
import { readServiceManager } from "./service-manager/service-manager.ts";

// Libraries look at it; in a compiled binary it would say "development".
process.env["NODE_ENV"] = "production";

// Who is told of starts and signs of life is ours to know: no child and no library finds it in the environment.
const serviceManager = readServiceManager(process.env["NOTIFY_SOCKET"], process.env["WATCHDOG_USEC"]);
for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete process.env[name];

const printError = (line: string): void => void process.stderr.write(`${line}\n`);

async function readLine(): Promise<string> {
  const [line = ""] = (await Bun.stdin.text()).split(/\r?\n/u);
  return line;
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
}

const words = process.argv.slice(2);
// Not a command of people's: the serving process starts itself for what must not hold it up.
if (words[0] === JOB_WORD) {
  const { runBackupJob } = await import("./backups/job/run.ts");
  process.exit(await runBackupJob(Bun.stdin.stream(), (line) => void writeSync(process.stderr.fd, `${line}\n`)));
}

if (words[0] === BASE_FILE_WORD) {
  const { runBaseFile } = await import("./standby/source/base-file.ts");
  process.exit(await runBaseFile(words[1] ?? "", Bun.stdin.stream()));
}
if (words[0] === STANDBY_JOB_WORD) {
  const { runStandbyJob } = await import("./standby/copy/standby-job.ts");
  process.exit(runStandbyJob(words.slice(1), (line) => void writeSync(process.stdout.fd, `${line}\n`)));
}

const { runCommand } = await import("./command-line/commands.ts");
process.exitCode = await runCommand(words, {
  version: process.env["CAUSEWAY_VERSION"] ?? "development",
  clock: systemClock,
  log: createLog(printError, systemClock.now),
  serviceManager,
  credentialsDirectory: process.env["CREDENTIALS_DIRECTORY"] ?? null,
  // Not by process.stdout, which is a stream: it would be made for the one line that says where we listen.
  print: (line) => console.log(line),
  printError,
  readLine,
  untilStopped,
  loadAssets: async () => (await import("../gen/assets.ts")).assets,
  openRooms: async (core, options) => await (await import("./rooms.ts")).openRooms(core, options),
  agentsDirectory: join(dirname(process.execPath), "agents"),
});
