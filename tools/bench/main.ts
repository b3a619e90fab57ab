/**
 * `bun tools/bench/main.ts [--asleep] [--here] [NAME…]` measures the built binaries, prints a table and writes
 * dist/bench.json. Nothing here passes or fails: a figure that misses its goal is marked, and the table says so. With
 * `--asleep` the processors may sleep between two pieces of work, as they do while nobody measures; with `--here` the
 * machine's own network is used.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { backup } from "./backup.ts";
import { certificate } from "./certificate.ts";
import { connectedClients } from "./connected-clients.ts";
import { permissionDecisions } from "./decisions.ts";
import { jumpItems } from "./jump-items.ts";
import { keepProcessorsAwake } from "./keep-processors-awake.ts";
import { keyEcho } from "./key-echo.ts";
import { longLine } from "./long-line.ts";
import { processorTime, stolenShare, thisMachine } from "./machine.ts";
import { type Bench, formatValue, isKept, type Measurement } from "./measurement.ts";
import { portsHere, runInOwnNetwork } from "./own-network.ts";
import { restrictedList } from "./restricted-list.ts";
import { saml } from "./saml.ts";
import { screen } from "./screen.ts";
import { signIns } from "./sign-ins.ts";
import { standby } from "./standby.ts";
import { start } from "./start.ts";
import { transfers } from "./transfers.ts";

const benches: readonly Bench[] = [
  start,
  keyEcho,
  transfers,
  longLine,
  jumpItems,
  restrictedList,
  permissionDecisions,
  signIns,
  saml,
  screen,
  backup,
  standby,
  connectedClients,
  certificate,
];

/** With what the machine had to do in the minute before, its own last bench included, and what it was not given meanwhile. */
interface Taken extends Measurement {
  readonly load: string;
  /** The share of the processors' wanted time that the host gave to other machines, 0 to 1. */
  readonly stolen: number;
}

function goalText(measurement: Measurement): string {
  if (measurement.goal === undefined) return "";
  return "atMost" in measurement.goal
    ? `≤ ${formatValue(measurement.goal.atMost)}`
    : `≥ ${formatValue(measurement.goal.atLeast)}`;
}

function row({ load, stolen, ...measurement }: Taken): string {
  const kept = isKept(measurement);
  const mark = kept === null ? "" : kept ? "yes" : "NO";
  const figure = `${formatValue(measurement.value)} ${measurement.unit}`;
  return `| ${measurement.name} | ${figure} | ${goalText(measurement)} | ${mark} | ${load} | ${Math.round(stolen * 100)}% | ${measurement.method} |`;
}

const { values, positionals: chosen } = parseArgs({
  allowPositionals: true,
  options: { asleep: { type: "boolean" }, here: { type: "boolean" } },
});
const unknown = chosen.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0)
  throw new Error(`There is no bench ${unknown.join(", ")}. There are: ${benches.map(({ name }) => name).join(", ")}`);
if (values.here !== true) {
  const exitCode = await runInOwnNetwork([process.execPath, Bun.main, ...process.argv.slice(2), "--here"]);
  if (exitCode !== null) process.exit(exitCode);
}
using awake = values.asleep === true ? null : keepProcessorsAwake();
const machine = {
  ...(await thisMachine()),
  processors: awake === null ? "may sleep" : "kept awake",
  ports: portsHere(),
};
console.log(`${machine.processor}, ${machine.cores} cores, ${machine.memoryGib} GiB, Linux ${machine.kernel}`);
console.log(`Bun ${machine.bun}, load ${machine.loadAverage} at the start, ${machine.takenAt}`);
console.log(`Processors ${machine.processors} between two pieces of work; ${machine.ports} ports to connect from\n`);
console.log("| what | figure | goal | kept | load before | stolen | method |\n|---|---|---|---|---|---|---|");

const measurements: Taken[] = [];
for (const bench of benches) {
  if (chosen.length > 0 && !chosen.includes(bench.name)) continue;
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const before = processorTime();
  const figures = await bench.run();
  const stolen = stolenShare(before, processorTime());
  for (const figure of figures) {
    measurements.push({ ...figure, load, stolen });
    console.log(row(measurements.at(-1)!));
  }
}
await Bun.write("dist/bench.json", JSON.stringify({ machine, measurements }, null, 2) + "\n");
