/**
 * Where the running server answers, for programs on the same machine: a small file in the data directory that only the
 * service's user reads. It may be older than a crash; who reads it finds out by asking there.
 */
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "serving.json";

const Place = Type.Object({ hostname: Type.String(), port: Type.Integer() });
/** By use. */
export const ServingPlace = Type.Object({ endpoints: Place, consoles: Place, administration: Place });
export type ServingPlace = Static<typeof ServingPlace>;

/** Says where the server answers from now on. */
export function writeServingPlace(directory: string, place: ServingPlace): void {
  const file = join(directory, FILE);
  writeFileSync(`${file}.new`, JSON.stringify(place), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** It answers nowhere any more. */
export function removeServingPlace(directory: string): void {
  rmSync(join(directory, FILE), { force: true });
}

/** What a server said last; null: none has, or none that can be read. */
export function readServingPlace(directory: string): ServingPlace | null {
  try {
    const place: unknown = JSON.parse(readFileSync(join(directory, FILE), "utf8"));
    return Value.Check(ServingPlace, place) ? place : null;
  } catch {
    // No file, or one cut short by a power cut: as if nobody had said anything.
    return null;
  }
}

/**
 * "https://127.0.0.1:8443": how a program of this machine reaches a place; every address of it leads to itself. "::" takes
 * IPv4, too, and a Jump Client refuses the certificate where it is sent to [::1]. Without the port that goes without
 * saying, as a browser names an origin: the server refuses another spelling of its own.
 */
export function localAddress({ hostname, port }: Static<typeof Place>): string {
  const host = hostname === "0.0.0.0" || hostname === "::" ? "127.0.0.1" : hostname;
  return new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`).origin;
}
