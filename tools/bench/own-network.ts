/**
 * A network of its own for what is measured. The kernel has 28,000 ports for connections from one address to one place, and
 * from the 14,000th on it looks for a free one ever longer: 15,000 Jump Clients on one machine wait for that, and 15,000
 * computers never do. In a network of their own more ports can be had without touching the machine's.
 */
import { readFileSync } from "node:fs";

/** First and last; half of them, which the kernel tries first, are more than any bench connects. */
const PORTS = "10240 65535";
const RANGE = "/proc/sys/net/ipv4/ip_local_port_range";
const ENTER = [
  "unshare",
  "--net",
  "sh",
  "-c",
  `ip link set lo up && echo ${PORTS} > ${RANGE} && exec "$@"`,
  "sh",
] as const;

/** Runs a program there and returns its exit code; null where this machine or this user may not make such a network. */
export async function runInOwnNetwork(command: readonly string[]): Promise<number | null> {
  if (Bun.which(ENTER[0]) === null || Bun.spawnSync([...ENTER, "true"]).exitCode !== 0) return null;
  return await Bun.spawn([...ENTER, ...command], { stdio: ["inherit", "inherit", "inherit"] }).exited;
}

/** How many ports connections to one place have here. */
export function portsHere(): number {
  const [first = 0, last = 0] = readFileSync(RANGE, "utf8").trim().split(/\s+/u).map(Number);
  return last - first + 1;
}
