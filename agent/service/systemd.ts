/** The agent as a service of systemd. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../protocol/errors.ts";
import { writeWhole } from "../trust/write-whole.ts";

export const SERVICE_NAME = "causeway-agent.service";

/** Where units lie and the program that manages them; tests give their own. */
export interface SystemdPaths {
  readonly units: string;
  readonly systemctl: string;
}

/** systemd on this computer, or null where another program is the first process. */
export function findSystemd(): SystemdPaths | null {
  const systemctl = existsSync("/run/systemd/system") ? Bun.which("systemctl") : null;
  return systemctl === null ? null : { units: "/etc/systemd/system", systemctl };
}

/**
 * The glibc of Debian 12 copies more than 2 KiB by `rep movsb`, which the processor it was measured on does at a tenth of
 * its speed where the two ends are not aligned alike (docs/performance.md, "Copying"). With this it copies by vectors. A
 * C library that does not know the word passes it over.
 */
const COPYING = "glibc.cpu.x86_rep_movsb_threshold=0x7fffffffff";

/**
 * Memory that is free again goes back to the system after so many ms: the pieces of a transfer find the last one's there,
 * and the kernel need not clear pages for each (docs/performance.md, "Memory kept for a moment").
 */
const KEPT_MEMORY_MS = 1000;

/**
 * The unit. The agent exists to control this computer: a sandbox would bind its shells and file transfers with it, so
 * what is hardened is what no such work needs. Variables by which a Bun program can be turned into something else are
 * kept out, whatever the manager's environment holds.
 */
export function unitText(program: string, state: string): string {
  return `[Unit]
Description=Causeway agent: makes this computer reachable from its Causeway site
Documentation=man:systemd.service(5)
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart="${program}" run --state "${state}"
Restart=always
RestartSec=2
UnsetEnvironment=BUN_BE_BUN BUN_OPTIONS BUN_INSPECT BUN_INSPECT_PRELOAD BUN_CONFIG_FILE NODE_OPTIONS NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED SSL_CERT_FILE SSL_CERT_DIR LD_PRELOAD LD_LIBRARY_PATH HTTP_PROXY HTTPS_PROXY http_proxy https_proxy
Environment=GLIBC_TUNABLES=${COPYING}
Environment=MIMALLOC_PURGE_DELAY=${KEPT_MEMORY_MS}
UMask=0022
LimitCORE=0
LimitNOFILE=65536
OOMPolicy=continue
KillMode=control-group
TimeoutStopSec=10
LockPersonality=yes
KeyringMode=private

[Install]
WantedBy=multi-user.target
`;
}

export class SystemdService {
  constructor(private readonly paths: SystemdPaths) {}

  get unitPath(): string {
    return join(this.paths.units, SERVICE_NAME);
  }

  /** Writes the unit and starts the service now and with every start of the computer. Doing it again does no harm. */
  async install(program: string, state: string): Promise<void> {
    writeWhole(this.unitPath, unitText(program, state), 0o644);
    await this.#run("daemon-reload");
    await this.#run("enable", SERVICE_NAME);
    await this.#run("restart", SERVICE_NAME);
  }

  /** Takes the service away. Called from the service itself it does not wait for its own end. */
  async uninstall({ isFromWithin }: { readonly isFromWithin: boolean }): Promise<void> {
    if (existsSync(this.unitPath)) {
      if (!isFromWithin) await this.#run("stop", SERVICE_NAME);
      await this.#run("disable", SERVICE_NAME);
      rmSync(this.unitPath);
      await this.#run("daemon-reload");
    }
    if (isFromWithin) await this.#stopFromWithin();
  }

  /** The one who asks for it belongs to the service, and may itself be stopped before it has its answer. */
  async #stopFromWithin(): Promise<void> {
    const words = ["stop", "--no-block", SERVICE_NAME];
    const { child, complaint } = await this.#ask(words);
    if (child.exitCode !== 0 && child.signalCode !== "SIGTERM") throw refusal(words, child.exitCode, complaint);
  }

  /** @throws {AppError} internal with the manager's own words. */
  async #run(...words: string[]): Promise<void> {
    const { child, complaint } = await this.#ask(words);
    if (child.exitCode !== 0) throw refusal(words, child.exitCode, complaint);
  }

  async #ask(words: readonly string[]): Promise<{ readonly child: Bun.Subprocess; readonly complaint: string }> {
    const child = Bun.spawn([this.paths.systemctl, ...words], { stdout: "ignore", stderr: "pipe" });
    const [complaint] = await Promise.all([new Response(child.stderr).text(), child.exited]);
    return { child, complaint };
  }
}

function refusal(words: readonly string[], exitCode: number | null, complaint: string): AppError {
  return new AppError("internal", `systemctl ${words.join(" ")} failed with ${exitCode}. ${complaint.trim()}`);
}
