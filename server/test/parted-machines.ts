/**
 * Two machines with a line between them that can be cut, and one from each of them to here that cannot: network namespaces of
 * Linux. Making them takes root, as on every machine that runs these tests.
 */
import type { ServingMachine } from "./serving-process.ts";

/** One of them. */
export interface PartedMachine extends ServingMachine {
  /** Where it is reached from here. */
  readonly address: string;
  /** Where the other one reaches it, over the line that can be cut. */
  readonly between: string;
}

export interface PartedMachines extends Disposable {
  readonly machines: readonly [PartedMachine, PartedMachine];
  /** Nothing passes between the two, and nobody is told: packets are gone. */
  cut(): void;
  mend(): void;
}

/** A third of the private addresses nobody here uses: 10.213.N.0/24, N by chance. */
const anyNet = (): string => `10.213.${Math.floor(Math.random() * 256)}`;

export function openPartedMachines(): PartedMachines {
  const [net, id] = [anyNet(), crypto.randomUUID().slice(0, 6)];
  const names = [`cw${id}a`, `cw${id}b`] as const;
  const machine = (index: 0 | 1): PartedMachine => ({
    words: ["ip", "netns", "exec", names[index]],
    hostname: "0.0.0.0",
    address: `${net}.${index * 4 + 2}`,
    between: `${net}.${index + 9}`,
  });
  const machines = [machine(0), machine(1)] as const;
  const remove = (): void => names.forEach((name) => void Bun.spawnSync(["ip", "netns", "del", name]));
  try {
    for (const name of names) {
      ip("netns", "add", name);
      ip("-n", name, "link", "set", "lo", "up");
    }
    names.forEach((name, index) => {
      const here = `${name}h`;
      ip("link", "add", here, "type", "veth", "peer", "name", "here", "netns", name);
      ip("addr", "add", `${net}.${index * 4 + 1}/30`, "dev", here);
      ip("link", "set", here, "up");
      ip("-n", name, "addr", "add", `${machines[index]!.address}/30`, "dev", "here");
      ip("-n", name, "link", "set", "here", "up");
    });
    ip("-n", names[0], "link", "add", "line", "type", "veth", "peer", "name", "line", "netns", names[1]);
    names.forEach((name, index) => {
      ip("-n", name, "addr", "add", `${machines[index]!.between}/30`, "dev", "line");
      ip("-n", name, "link", "set", "line", "up");
    });
  } catch (error) {
    remove();
    throw error;
  }
  return {
    machines,
    cut: () => ip("-n", names[0], "link", "set", "line", "down"),
    mend: () => ip("-n", names[0], "link", "set", "line", "up"),
    [Symbol.dispose]: remove,
  };
}

function ip(...words: readonly string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["ip", ...words]);
  if (exitCode !== 0) throw new Error(`ip ${words.join(" ")}: ${stderr.toString().trim()}`);
}
