/** Net-SNMP's own commands, as a monitoring system uses them. Real peers. */
import { temporaryDirectory } from "../temporary-directory.ts";

/** How it asks. */
export interface SnmpAsker {
  readonly port: number;
  readonly username: string;
  readonly authenticationKey: string;
  readonly privacyKey: string;
}
/** What a command said. */
export interface SnmpAnswer {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** As version 3, proved and encrypted; one try of two seconds. */
export const proved = ({ username, authenticationKey, privacyKey }: SnmpAsker): string[] => [
  ...["-v3", "-l", "authPriv", "-u", username],
  ...["-a", "SHA-256", "-A", authenticationKey, "-x", "AES", "-X", privacyKey],
];

/** Runs snmpget, snmpwalk …; names are shown as numbers, and no file of the machine's own is read. */
export async function askSnmp(
  command: "snmpget" | "snmpgetnext" | "snmpwalk" | "snmpbulkwalk" | "snmpset",
  how: readonly string[],
  port: number,
  names: readonly string[] | string,
  host = "udp:127.0.0.1",
): Promise<SnmpAnswer> {
  using directory = temporaryDirectory();
  const env = { PATH: "/usr/bin", SNMPCONFPATH: directory.path, SNMP_PERSISTENT_DIR: directory.path, MIBS: "" };
  const words = [`/usr/bin/${command}`, ...how, "-On", "-t", "2", "-r", "0", `${host}:${port}`, ...[names].flat()];
  const child = Bun.spawn(words, { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { status: await child.exited, output, errors };
}
