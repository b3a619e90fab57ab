import { join } from "node:path";

/** Where things lie on an appliance. Every file that root's program reads or writes is named here. */
export interface Paths {
  /** Root's own settings, on the data partition. */
  readonly settings: string;
  /** The server's data directory, owned by its user. */
  readonly serverData: string;
  /** Where the server puts bundles for `update.stage`. */
  readonly updates: string;
  readonly data: string;
  readonly varFolder: string;
  /** Root's folder of this start: gone after the next. */
  readonly run: string;
  readonly helperSocket: string;
  /** There while the data partition cannot be written: a sentence that says why. */
  readonly dataProblem: string;
  /** There while this version has not been seen to work: a sentence that says why. */
  readonly healthProblem: string;
  readonly networkUnits: string;
  readonly resolvedDropIns: string;
  readonly resolvConf: string;
  readonly chronySources: string;
  readonly networkState: string;
  /** The programs and what belongs to the release. */
  readonly release: string;
  readonly disks: string;
  readonly proc: string;
  readonly sys: string;
  readonly groups: string;
  readonly users: string;
}

/** @param root "" on an appliance; tests have a folder of their own */
export function pathsUnder(root: string): Paths {
  const at = (path: string): string => (root === "" ? path : join(root, path));
  return {
    settings: at("/data/appliance"),
    serverData: at("/data/causeway"),
    updates: at("/data/causeway/updates"),
    data: at("/data"),
    varFolder: at("/var"),
    run: at("/run/causeway"),
    helperSocket: at("/run/causeway/helper.sock"),
    dataProblem: at("/run/causeway/data-problem"),
    healthProblem: at("/run/causeway/health-problem"),
    networkUnits: at("/run/systemd/network"),
    resolvedDropIns: at("/run/systemd/resolved.conf.d"),
    resolvConf: at("/run/systemd/resolve/resolv.conf"),
    chronySources: at("/run/chrony.d"),
    networkState: at("/run/systemd/netif/state"),
    release: at("/usr/lib/causeway"),
    disks: at("/dev/disk/by-partlabel"),
    proc: at("/proc"),
    sys: at("/sys"),
    groups: at("/etc/group"),
    users: at("/etc/passwd"),
  };
}
