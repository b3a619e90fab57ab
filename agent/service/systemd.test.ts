import { afterAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, placeProgram, removeProgram, removeState } from "./installation.ts";
import { SERVICE_NAME, SystemdService, unitText } from "./systemd.ts";

const root = mkdtempSync(join(tmpdir(), "causeway-service-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A program in systemctl's place that writes down what it was asked. */
function recorder(exitCode = 0, more = ""): { systemctl: string; asked: () => string[] } {
  const log = join(root, `asked-${Math.random()}`);
  const systemctl = join(root, `systemctl-${Math.random()}`);
  writeFileSync(systemctl, `#!/bin/sh\necho "$@" >> '${log}'\necho "Unit is masked." >&2\n${more}\nexit ${exitCode}\n`);
  chmodSync(systemctl, 0o755);
  return { systemctl, asked: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []) };
}

test("JC-05 the service is written, enabled and started; doing it again does no harm", async () => {
  const { systemctl, asked } = recorder();
  const service = new SystemdService({ units: root, systemctl });
  await service.install("/opt/a b/causeway-agent", "/var/lib/causeway-agent");
  await service.install("/opt/a b/causeway-agent", "/var/lib/causeway-agent");
  const once = ["daemon-reload", `enable ${SERVICE_NAME}`, `restart ${SERVICE_NAME}`];
  expect(asked()).toEqual([...once, ...once]);
  expect(statSync(service.unitPath).mode & 0o777).toBe(0o644);
  await service.uninstall({ isFromWithin: false });
  expect(asked().slice(6)).toEqual([`stop ${SERVICE_NAME}`, `disable ${SERVICE_NAME}`, "daemon-reload"]);
  expect(existsSync(service.unitPath)).toBe(false);
  await service.uninstall({ isFromWithin: false });
  expect(asked()).toHaveLength(9);
});

test("removed from within, the service is stopped last, without waiting for its own end", async () => {
  const { systemctl, asked } = recorder();
  const service = new SystemdService({ units: root, systemctl });
  await service.install("/opt/agent", "/var/lib/agent");
  await service.uninstall({ isFromWithin: true });
  expect(asked().slice(3)).toEqual([`disable ${SERVICE_NAME}`, "daemon-reload", `stop --no-block ${SERVICE_NAME}`]);
});

test("removed from within, the question may be stopped with the service it asks to stop", async () => {
  const { systemctl, asked } = recorder(0, 'case "$1" in stop) kill -TERM $$; sleep 1;; esac');
  const service = new SystemdService({ units: root, systemctl });
  await service.install("/opt/agent", "/var/lib/agent");
  await service.uninstall({ isFromWithin: true });
  expect(asked().at(-1)).toBe(`stop --no-block ${SERVICE_NAME}`);
  expect(existsSync(service.unitPath)).toBe(false);
});

test("what the service manager refuses is said in its own words", async () => {
  const service = new SystemdService({ units: root, systemctl: recorder(5).systemctl });
  await expect(service.install("/opt/agent", "/var/lib/agent")).rejects.toThrow(
    "daemon-reload failed with 5. Unit is masked.",
  );
});

test("the unit keeps out what can turn a Bun program into another, and starts again whatever happens", () => {
  const unit = unitText("/opt/agent", "/var/lib/agent");
  for (const name of ["BUN_BE_BUN", "BUN_OPTIONS", "NODE_OPTIONS", "NODE_TLS_REJECT_UNAUTHORIZED", "LD_PRELOAD"])
    expect(unit).toMatch(new RegExp(`^UnsetEnvironment=.*\\b${name}\\b`, "m"));
  expect(unit).toContain("\nRestart=always\n");
});

test("the agent's unit, the server's and the Makefile treat memory in the same way", async () => {
  const settings = (text: string): string[] => text.match(/\b(?:GLIBC|MIMALLOC)_\w+ ?\??=.+$/gm) ?? [];
  const read = async (path: string): Promise<string> => await Bun.file(join(import.meta.dir, "../..", path)).text();
  const agent = settings(unitText("/opt/agent", "/var/lib/agent"));
  expect(agent).toHaveLength(2);
  expect(settings(await read("appliance/units/causeway.service"))).toEqual(agent);
  expect(settings(await read("Makefile")).map((line) => line.replace(" ?= ", "="))).toEqual(agent);
});

test("systemd itself finds nothing wrong with the unit", () => {
  const analyze = Bun.which("systemd-analyze");
  // A computer without systemd has nobody to ask; `make test` runs where there is one.
  if (analyze === null) return;
  const unit = join(root, SERVICE_NAME);
  writeFileSync(unit, unitText("/bin/true", "/var/lib/agent"));
  const { stderr } = Bun.spawnSync([analyze, "verify", unit], { stdout: "ignore", stderr: "pipe" });
  const complaints = stderr
    .toString()
    .split("\n")
    .filter((line) => line.includes(SERVICE_NAME));
  expect(complaints).toEqual([]);
});

test("JC-06 the program is put where it was wished and everything goes when it is removed", () => {
  const directory = join(root, "chosen", "place");
  const state = join(root, "state");
  mkdirSync(state);
  const source = join(root, "program");
  writeFileSync(source, "#!/bin/sh\nexit 0\n");
  const program = placeProgram(source, directory, state);
  expect([program, statSync(program).mode & 0o777]).toEqual([join(directory, "causeway-agent"), 0o755]);
  expect(placeProgram(program, directory, state)).toBe(program);
  expect(findInstallation(state)).toEqual({ directory });
  removeProgram({ directory });
  removeState(state);
  expect([existsSync(directory), existsSync(state)]).toEqual([false, false]);
});
