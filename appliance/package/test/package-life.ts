/** From the installation to the purge, on one machine. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentPlatforms } from "../../../protocol/api/administration.ts";
import type { Site } from "../../../protocol/api/sign-in.ts";
import { must } from "../../test/scenario.ts";
import { ADA } from "../../test/site/people.ts";
import type { Packages } from "./build-packages.ts";
import type { DebianMachine } from "./debian-machine.ts";
import { raiseFloor } from "./schema-floor.ts";
import type { Steps } from "./steps.ts";

const DATA = "/var/lib/causeway";
const ADDRESS = "https://127.0.0.1";
const DROP_IN = "/etc/systemd/system/causeway.service.d";
const FIRST_ROW = "Kept over everything";

/** What systemd thinks of the unit's isolation, 0 to 10; less is better. `systemd-analyze security` says what counts. */
const MAX_EXPOSURE = 2;

export async function packageLife(machine: DebianMachine, packages: Packages, steps: Steps): Promise<void> {
  const first = machine.bring(packages.first, "first.deb");
  const second = machine.bring(packages.second, "second.deb");
  const before = await filesOf(machine);
  await steps.run("apt installs it, asks nothing, and the server serves", () => install(machine, first));
  await steps.run("the site is set up from the command line, in the browser with a code alone", () => setUp(machine));
  await steps.run("people sign in over TLS, and what they make is kept", () => signIn(machine));
  await steps.run("installers of every platform are handed out", () => installers(machine));
  await steps.run("/appliance says what the system has in hand", () => applianceParts(machine));
  await steps.run("the server's test of itself passes", () => selfTest(machine));
  await steps.run("systemd keeps it from the rest of the machine", () => exposure(machine));
  await steps.run("an upgrade restarts it and keeps the data", () => upgrade(machine, second));
  await steps.run("an older release runs on the data where it can", () => downgrade(machine, first));
  await steps.run("where it cannot, it says why and changes nothing", () =>
    refusedDowngrade(machine, { first, second }),
  );
  await steps.run("an administrator's port stays over an upgrade", () => otherPort(machine, { first, second }));
  await steps.run("a service that was switched off stays off", () => switchedOff(machine, { first, second }));
  await steps.run("removal keeps the site, and installing again brings it back", () => removal(machine, second));
  await steps.run("a purge asks nothing, takes the site and leaves what is not ours", () => purge(machine, before));
}

const apt = (machine: DebianMachine, ...words: string[]): Promise<{ text: string }> =>
  machine.run(["apt-get", "--yes", "--quiet=2", "--allow-downgrades", "--no-install-recommends", ...words]);

/** What a visitor on the machine's network sees. */
async function visit<T>(machine: DebianMachine, word: string, ...rest: string[]): Promise<T> {
  const program = join(import.meta.dir, "visitor.ts");
  return JSON.parse(await machine.visit([process.execPath, program, ADDRESS, word, ...rest])) as T;
}

const mainPid = async (machine: DebianMachine): Promise<string> =>
  (await machine.run(["systemctl", "show", "--value", "--property=MainPID", "causeway.service"])).text;

const state = async (machine: DebianMachine): Promise<string> =>
  (await machine.run(["systemctl", "is-active", "causeway.service"], { mayFail: true })).text;

const hasRow = async (machine: DebianMachine): Promise<boolean> =>
  (await visit<string[]>(machine, "rows")).includes(FIRST_ROW);

async function install(machine: DebianMachine, file: string): Promise<string> {
  await apt(machine, "install", file);
  must((await state(machine)) === "active", "the service runs");
  const { text: enabled } = await machine.run(["systemctl", "is-enabled", "causeway.service"]);
  must(enabled === "enabled", "it starts with the machine");
  const { text: owner } = await machine.run(["stat", "--format=%U %a", DATA]);
  must(owner === "causeway 700", `the data belong to the service alone (${owner})`);
  await machine.run(["man", "--where", "causeway"], { mayFail: true });
  const { text: verified } = await machine.run(["dpkg", "--verify", "causeway"], { mayFail: true });
  must(!/\/lib\/causeway|agents/u.test(verified), `files are as the package says (${verified})`);
  return `causeway version ${(await machine.run(["causeway", "version"])).text}`;
}

async function setUp(machine: DebianMachine): Promise<string> {
  const site = await visit<Site>(machine, "site");
  must(!site.isSetUp && site.needsPresenceCode === true, "set-up in the browser asks for a code");
  const refused = await visit<{ code: string }>(machine, "refused-set-up");
  must(refused.code !== "", "without the code nobody sets the site up");
  const words = ["setup", "--data", DATA, "--hostname", "localhost", "--admin", ADA.username, "--password-stdin"];
  await machine.asServer([...words, "--enable-console"], { input: `${ADA.password}\n` });
  must((await visit<Site>(machine, "site")).isSetUp, "the site is set up");
  return `a stranger is refused: ${refused.code}`;
}

async function signIn(machine: DebianMachine): Promise<string> {
  await visit(machine, "make-row", FIRST_ROW);
  must(await hasRow(machine), "the Jump Group is listed");
  const { text: code } = await machine.asServer(["presence-code", "--data", DATA]);
  await visit(machine, "with-code", code.split("\n")[0]!);
  return "at /login and /appliance";
}

async function installers(machine: DebianMachine): Promise<string> {
  const sizes = await visit<Record<string, number>>(machine, "installers");
  for (const platform of agentPlatforms)
    must((sizes[platform] ?? 0) > 10_000_000, `an installer for ${platform} (${sizes[platform]})`);
  return `${agentPlatforms.length} of ${agentPlatforms.length}`;
}

async function applianceParts(machine: DebianMachine): Promise<string> {
  const found = await visit<Record<string, string>>(machine, "system");
  for (const path of ["network", "time"]) must(found[path] === "system.unavailable", `${path} is the system's own`);
  for (const path of ["status", "updates", "storage"]) must(found[path] === "", `${path} answers (${found[path]})`);
  return Object.entries(found)
    .map(([path, code]) => `${path} ${code === "" ? "answers" : code}`)
    .join(", ");
}

async function selfTest(machine: DebianMachine): Promise<string> {
  const { text } = await machine.asServer(["self-test", "--data", DATA]);
  must(!text.includes("WRONG"), text);
  return text.split("\n").find((line) => line.includes("Shell")) ?? text;
}

async function exposure(machine: DebianMachine): Promise<string> {
  const { text } = await machine.run(["systemd-analyze", "security", "--no-pager", "causeway.service"]);
  const level = /exposure level for causeway\.service: ([0-9.]+)/u.exec(text)?.[1] ?? "";
  must(Number(level) < MAX_EXPOSURE && level !== "", `less than ${MAX_EXPOSURE} of 10 (${level})`);
  return `exposure ${level} of 10`;
}

async function upgrade(machine: DebianMachine, second: string): Promise<string> {
  const former = await mainPid(machine);
  await apt(machine, "install", second);
  must((await state(machine)) === "active", "the service runs");
  must((await mainPid(machine)) !== former, "it is the new program that runs");
  must(await hasRow(machine), "the data are there");
  return await versionOf(machine);
}

async function versionOf(machine: DebianMachine): Promise<string> {
  return (await machine.run(["dpkg-query", "--show", "causeway"])).text.replace("\t", " ");
}

async function downgrade(machine: DebianMachine, first: string): Promise<string> {
  await apt(machine, "install", first);
  must((await state(machine)) === "active", "the service runs");
  must(await hasRow(machine), "the data are there");
  return await versionOf(machine);
}

/** The newer release here is one whose tables the older one cannot read: its floor is raised by hand. */
async function refusedDowngrade(machine: DebianMachine, { first, second }: Packages): Promise<string> {
  await apt(machine, "install", second);
  await machine.run(["systemctl", "stop", "causeway.service"]);
  const lower = raiseFloor(join(machine.root, DATA));
  const { text } = await apt(machine, "install", first);
  const words = text.split("\n").find((line) => line.includes("newer release")) ?? "";
  must(words !== "", `apt shows the server's own words (${text})`);
  must((await state(machine)) === "failed", "nothing is served");
  const ends = await machine.run([
    ...["systemctl", "show", "causeway.service"],
    ...["--property=ExecMainStatus", "--property=NRestarts"],
  ]);
  must(
    ends.text.trim().split("\n").toSorted().join() === "ExecMainStatus=78,NRestarts=0",
    `it ended once (${ends.text})`,
  );
  await machine.run(["systemctl", "stop", "causeway.service"]);
  lower();
  await machine.run(["systemctl", "start", "causeway.service"]);
  must(await hasRow(machine), "the data are as they were");
  return words.slice(0, 120);
}

async function otherPort(machine: DebianMachine, { first, second }: Packages): Promise<string> {
  mkdirSync(join(machine.root, DROP_IN), { recursive: true });
  writeFileSync(join(machine.root, DROP_IN, "place.conf"), "[Service]\nEnvironment=CAUSEWAY_LISTEN=127.0.0.1:8443\n");
  await apt(machine, "install", second);
  const { text } = await machine.run(["ss", "--listening", "--tcp", "--numeric", "--no-header"]);
  must(text.includes("127.0.0.1:8443") && !text.includes(":443 "), `it listens at the chosen place (${text})`);
  await machine.run(["rm", "-r", DROP_IN]);
  await apt(machine, "install", first);
  must(await hasRow(machine), "without the drop-in it is back at port 443");
  return "127.0.0.1:8443";
}

async function switchedOff(machine: DebianMachine, { first, second }: Packages): Promise<string> {
  await machine.run(["systemctl", "disable", "--now", "causeway.service"]);
  await apt(machine, "install", second);
  must((await state(machine)) === "inactive", "an upgrade does not start it");
  await machine.run(["systemctl", "enable", "--now", "causeway.service"]);
  await apt(machine, "install", first);
  must(await hasRow(machine), "switched on again it serves");
  return "";
}

async function removal(machine: DebianMachine, second: string): Promise<string> {
  await apt(machine, "remove", "causeway");
  must((await state(machine)) !== "active", "nothing runs");
  must(!existsSync(join(machine.root, "usr/lib/causeway")), "the programs are gone");
  must(existsSync(join(machine.root, DATA, "causeway.sqlite")), "the site's data are there");
  await apt(machine, "install", second);
  must(await hasRow(machine), "the site is back");
  return "";
}

async function purge(machine: DebianMachine, before: Set<string>): Promise<string> {
  await apt(machine, "purge", "causeway");
  const after = await filesOf(machine);
  const left = [...after.difference(before)];
  const gone = [...before.difference(after)];
  must(left.length === 0, `nothing of it is left (${left.join(", ")})`);
  must(gone.length === 0, `nothing else is gone (${gone.join(", ")})`);
  const { text } = await machine.run(["getent", "passwd", "causeway"]);
  return `the user stays, as Debian's do: ${text}`;
}

/** Files of the machine, without what its own programs write as they run. */
async function filesOf(machine: DebianMachine): Promise<Set<string>> {
  const apart = ["/proc", "/sys", "/dev", "/run", "/tmp", "/packages", "/var/log", "/var/cache", "/var/lib/dpkg"];
  const more = ["/var/lib/apt", "/var/lib/systemd", "/var/lib/private", "/var/tmp"];
  const skipped = [...apart, ...more].flatMap((path) => ["-path", path, "-prune", "-o"]);
  const { text } = await machine.run(["find", "/", ...skipped, "-print"]);
  return new Set(text.split("\n").filter((path) => !ACCOUNT_FILES.test(path)));
}

/** Debian keeps the account files' former state beside them. */
const ACCOUNT_FILES = /^\/etc\/(passwd|group|shadow|gshadow|\.pwd\.lock)-?$/u;
