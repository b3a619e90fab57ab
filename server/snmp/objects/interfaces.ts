/** The machine's network interfaces as the kernel counts them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The most that are looked at. */
const MAX_INTERFACES = 64;

/** What is counted in one direction. */
export interface Traffic {
  readonly bytes: number;
  readonly packets: number;
  readonly dropped: number;
  readonly errors: number;
}
export interface Interface {
  readonly index: number;
  readonly name: string;
  readonly mtu: number;
  /** In bits a second; 0: not known. */
  readonly bitsPerSecond: number;
  /** ARPHRD_*: 1 Ethernet, 772 the loopback. */
  readonly type: number;
  readonly hardwareAddress: Uint8Array;
  readonly isEnabled: boolean;
  readonly isUp: boolean;
  readonly received: Traffic;
  readonly sent: Traffic;
}

/** Reads them now, by index; none where there is no /sys. One that goes meanwhile is left out. */
export function readInterfaces(folder = "/sys/class/net"): Interface[] {
  return namesIn(folder)
    .slice(0, MAX_INTERFACES)
    .flatMap((name) => {
      const found = readInterface(join(folder, name), name);
      return found === null ? [] : [found];
    })
    .toSorted((one, other) => one.index - other.index);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not Linux: there is nothing to count.
    return [];
  }
}

function readInterface(folder: string, name: string): Interface | null {
  const text = (file: string): string => textOf(join(folder, file));
  const number = (file: string): number => Math.max(0, Number(text(file)) || 0);
  const index = number("ifindex");
  if (index === 0) return null;
  const traffic = (way: "rx" | "tx"): Traffic => ({
    bytes: number(`statistics/${way}_bytes`),
    packets: number(`statistics/${way}_packets`),
    dropped: number(`statistics/${way}_dropped`),
    errors: number(`statistics/${way}_errors`),
  });
  const state = text("operstate");
  return {
    ...{ index, name, mtu: number("mtu"), bitsPerSecond: number("speed") * 1e6, type: number("type") },
    hardwareAddress: Buffer.from(text("address").replaceAll(":", ""), "hex"),
    isEnabled: (number("flags") & 1) === 1,
    // The loopback's state is unknown, and it works.
    isUp: state === "up" || state === "unknown",
    ...{ received: traffic("rx"), sent: traffic("tx") },
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    // Some interfaces have no speed, and say so by an error.
    return "";
  }
}
