/** Services and installed packages of a Linux computer. */
import { readText } from "./read-text.ts";

export interface Service {
  readonly name: string;
  readonly state: string;
  readonly description: string;
}

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
}

const SYSTEMCTL_TIMEOUT_MS = 5000;

/** systemd's services, as `systemctl list-units` prints them; none where there is no systemd. */
export async function readServices(): Promise<Service[]> {
  const systemctl = Bun.which("systemctl");
  if (systemctl === null) return [];
  const listing = Bun.spawn(
    [systemctl, "list-units", "--type=service", "--all", "--plain", "--no-legend", "--no-pager"],
    {
      stdout: "pipe",
      stderr: "ignore",
      timeout: SYSTEMCTL_TIMEOUT_MS,
    },
  );
  return parseServices(await new Response(listing.stdout).text());
}

/** Lines of: unit, loaded, active, sub-state, description. Units that are not there are left out. */
export function parseServices(text: string): Service[] {
  return text.split("\n").flatMap((line) => {
    const [, unit, load, active, sub, description] = /^(\S+)\.service\s+(\S+)\s+(\S+)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
    if (unit === undefined || load === "not-found") return [];
    return [{ name: unit, state: active === sub ? active! : `${active}, ${sub}`, description: description ?? "" }];
  });
}

/** Packages of a dpkg status file that are installed. */
export function parsePackages(status: string): InstalledPackage[] {
  return status.split("\n\n").flatMap((paragraph) => {
    const value = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1];
    const name = value("Package");
    if (name === undefined || value("Status") !== "install ok installed") return [];
    return [{ name, version: value("Version") ?? "" }];
  });
}

/** Installed Debian packages; null on a computer that keeps its packages another way. */
export function readPackages(path = "/var/lib/dpkg/status"): InstalledPackage[] | null {
  const status = readText(path);
  return status === "" ? null : parsePackages(status);
}
