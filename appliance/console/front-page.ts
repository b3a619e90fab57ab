import { connect } from "node:tls";
import type { NetworkState } from "../../protocol/appliance/network-settings.ts";
import type { SlotState } from "../../protocol/appliance/system-actions.ts";
import { dataReadOnlyReason } from "../machine/data-partition.ts";
import { readTextFile } from "../system/durable-file.ts";
import { releaseVersion } from "../slots/slots.ts";
import type { PageContext } from "./page.ts";

/** What the front page tells. */
export interface FrontPageFacts {
  readonly version: string;
  /** null: not started from a slot. */
  readonly slot: SlotState | null;
  /** null: the network's state could not be read. */
  readonly network: NetworkState | null;
  /** SHA-256 of the certificate the server shows, upper-case hex with colons; null: nothing answers. */
  readonly fingerprint: string | null;
  readonly health: string;
}

/** Reads what the front page tells; what cannot be read is left out instead of failing. */
export async function readFacts({ ask, system }: PageContext): Promise<FrontPageFacts> {
  const [network, slots, fingerprint] = await Promise.all([
    orNull(ask("network.read", {})),
    orNull(ask("slots.read", {})),
    readFingerprint(),
  ]);
  return {
    version: releaseVersion(system),
    slot: slots?.slots.find(({ isRunning }) => isRunning) ?? null,
    network,
    fingerprint,
    health: healthText(
      dataReadOnlyReason(system.paths),
      readTextFile(system.paths.healthProblem),
      fingerprint !== null,
    ),
  };
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch {
    // The page says "unknown" there; the pages behind it say why.
    return null;
  }
}

function healthText(dataProblem: string | null, healthProblem: string | null, isAnswering: boolean): string {
  if (dataProblem !== null) return dataProblem;
  const noted = healthProblem?.trim() ?? "";
  if (noted !== "") return noted;
  return isAnswering ? "The server works." : "The server is starting, or does not answer.";
}

/** The server's certificate as anybody sees it. It is only shown here, and trusted for nothing. */
async function readFingerprint(): Promise<string | null> {
  return await new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: 443, rejectUnauthorized: false, timeout: 3_000 });
    const end = (fingerprint: string | null): void => {
      socket.destroy();
      resolve(fingerprint);
    };
    socket.once("secureConnect", () => end(socket.getPeerCertificate().fingerprint256 ?? null));
    socket.once("timeout", () => end(null));
    socket.once("error", () => end(null));
  });
}

/** The front page's text, at most 80 columns wide. */
export function frontPageText(facts: FrontPageFacts, isFancy: boolean): string {
  const slot = facts.slot === null ? "" : `, slot ${facts.slot.slot.toUpperCase()}`;
  const right = `version ${facts.version}${slot}`;
  const rows = [
    ...addressRows(facts.network),
    ...fingerprintRows(facts.fingerprint),
    ...wrapped("Health", facts.health),
  ];
  const title = "Causeway".padEnd(78 - right.length) + right;
  return `${isFancy ? `\x1b[1m${title}\x1b[0m` : title}\n${(isFancy ? "─" : "-").repeat(78)}\n${rows.join("\n")}\n`;
}

const row = (label: string, text: string): string => `  ${label.padEnd(14)}${text}`;

/** More would push the menu off a screen of 24 lines. */
const MAX_ADDRESSES = 4;

function addressRows(network: NetworkState | null): string[] {
  if (network === null) return [row("Network", "unknown")];
  const shown = network.interfaces.flatMap((one) =>
    one.addresses.filter((address) => !address.startsWith("fe80:")).map((address) => ({ name: one.name, address })),
  );
  const name = row("Name", network.settings.hostname);
  if (shown.length === 0) return [name, row("Address", "none yet; look at Network")];
  const addresses = shown
    .slice(0, MAX_ADDRESSES)
    .map(({ name: of, address }, index) => row(index === 0 ? "Address" : "", `${address} (${of})`));
  const trial = network.trial === null ? [] : [row("", "on trial: not kept yet")];
  return [name, ...addresses, ...trial, ...urlRows(shown[0]!.address)];
}

function urlRows(address: string): string[] {
  const bare = address.split("/", 1)[0]!;
  const host = bare.includes(":") ? `[${bare}]` : bare;
  return [row("Web pages", `https://${host}/login`), row("", `https://${host}/appliance`)];
}

function fingerprintRows(fingerprint: string | null): string[] {
  if (fingerprint === null) return [];
  const half = fingerprint.indexOf(":", fingerprint.length / 2) + 1;
  return [row("Certificate", `SHA-256 ${fingerprint.slice(0, half)}`), row("", `        ${fingerprint.slice(half)}`)];
}

function wrapped(label: string, text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.replaceAll(/[^\x20-\x7e]/gu, " ").split(/\s+/u)) {
    if (line !== "" && line.length + word.length + 1 > 62) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].slice(0, 4).map((part, index) => row(index === 0 ? label : "", part));
}
