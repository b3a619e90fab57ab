import type { Invitation, Standby } from "../../../protocol/api/appliance/standby.ts";
import { eventually } from "../../../ui/test/harness/eventually.ts";
import { OTHER_MACHINE, type VirtualMachine } from "../machine/virtual-machine.ts";
import { must, type Scenario } from "../scenario.ts";
import { AcknowledgedRows } from "../site/acknowledged-rows.ts";
import { OTTO } from "../site/people.ts";
import { applianceAdministrator, siteAdministrator } from "../site/set-up.ts";
import { untilPage } from "../site/until-page.ts";
import { WebClient } from "../site/web-client.ts";
import { BOOT_MS, type TestBench } from "../test-bench.ts";

const PAIR = "/api/appliance/standby";
/** A first copy, emulated. */
const IN_STEP_MS = 10 * 60_000;
/** An act that waits for the other one. */
const ACT_MS = 120_000;
const FEWEST_ROWS = 30;
/** What the goal allows, in seconds of writes. */
const MOST_LOST_SECONDS = 5;

/** A second machine takes the place of the first: as planned, and when its power is gone. */
export const standby: Scenario = {
  name: "standby",
  proves:
    "A second appliance follows the first, takes over as planned without losing a row, and when the power is cut.",
  limitMinutes: 90,
  async run(bench) {
    const [first, second] = [await bench.preparedSite("first"), await bench.freshMachine("second", "bios")];
    first.reach(second);
    second.reach(first);
    await Promise.all([bench.start(first), bench.start(second)]);
    const menu = await bench.menuOf(second);
    const fresh = new WebClient(second.address);
    await fresh.json("POST", "/api/appliance/with-code", { ...OTTO, code: await menu.setUpCode() });
    await pairUp(bench, first, second, fresh);
    await switchAsPlanned(bench, first, second);
    await pairAnew(bench, second, first);
    await cutAndSwitchByForce(bench, second, first);
    await comeBack(bench, second);
  },
};

/** The invitation names the inviting machine as itself sees it; the other one reaches it elsewhere. */
async function pairUp(
  bench: TestBench,
  primary: VirtualMachine,
  other: VirtualMachine,
  there: WebClient,
): Promise<void> {
  const otto = await applianceAdministrator(primary.address);
  const begun = performance.now();
  const { invitation } = await otto.json<Invitation>("POST", `${PAIR}/invitation`, {});
  await act(there, "join", { invitation: leadingTo(OTHER_MACHINE, invitation) });
  await eventually("the standby to be in step", () => isInStep(otto), IN_STEP_MS);
  await bench.figures.take("standby: invited to in step", (performance.now() - begun) / 1000, "s", "emulated");
  const refused = await new WebClient(other.address).ask("GET", "/login");
  must(refused.status === 503, `a standby does not serve the site (${refused.status})`);
}

/** The same invitation, to another address: it is JSON in base64url, and what it proves does not hang on addresses. */
function leadingTo(host: string, invitation: string): string {
  const read = JSON.parse(Buffer.from(invitation, "base64url").toString()) as { readonly hosts: readonly string[] };
  return Buffer.from(JSON.stringify({ ...read, hosts: [host], port: 443 })).toString("base64url");
}

async function isInStep(client: WebClient): Promise<boolean> {
  const { peer, copying, behindBytes } = await client.json<Standby>("GET", PAIR);
  return peer?.isReached === true && copying === null && behindBytes === 0;
}

async function act(client: WebClient, what: string, body: object): Promise<Standby> {
  const response = await client.ask("POST", `${PAIR}/${what}`, { body, timeoutMs: ACT_MS });
  const text = await response.text();
  must(response.ok, `${what} is done (${response.status} ${text.slice(0, 300)})`);
  return JSON.parse(text) as Standby;
}

/** By a program, while rows are written. */
async function switchAsPlanned(bench: TestBench, from: VirtualMachine, to: VirtualMachine): Promise<void> {
  const ada = await siteAdministrator(from.address);
  const token = await programToken(ada);
  await using rows = new AcknowledgedRows(ada);
  await eventually("rows to be written", () => rows.count >= FEWEST_ROWS, ACT_MS);
  const begun = performance.now();
  const answer = await fetch(`${from.address}/api/login/standby/switch`, {
    ...{ method: "POST", body: "{}", tls: { rejectUnauthorized: false }, signal: AbortSignal.timeout(ACT_MS) },
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  });
  must(answer.ok, `roles change as planned (${answer.status} ${await answer.text()})`);
  await untilPage(to.address, BOOT_MS);
  const seconds = (performance.now() - begun) / 1000;
  await rows.stop();
  const lost = await rows.missing(await siteAdministrator(to.address));
  const note = `ordered by a program while rows were written, ${rows.count} acknowledged`;
  await bench.figures.take("planned switch: rows lost", lost.size, "rows", note);
  await bench.figures.take("planned switch: until the other one serves", seconds, "s", "emulated");
  must(lost.size === 0, `a planned switch loses nothing (lost: ${[...lost.keys()].join(", ")})`);
}

async function programToken(ada: WebClient): Promise<string> {
  const account = { name: "switcher", comments: "", scopes: ["appliance.switch"], networks: [], expiresAt: null };
  const { apiAccount, clientSecret } = await ada.json<{ apiAccount: { clientId: string }; clientSecret: string }>(
    ...(["POST", "/api/login/api-accounts", account] as const),
  );
  const answer = await fetch(`${ada.address}/api/oauth/token`, {
    ...{ method: "POST", tls: { rejectUnauthorized: false }, signal: AbortSignal.timeout(ACT_MS) },
    body: new URLSearchParams({
      ...{ grant_type: "client_credentials", client_id: apiAccount.clientId, client_secret: clientSecret },
    }),
  });
  must(answer.ok, `a program gets a token (${answer.status})`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Behind QEMU's translation of addresses the former primary cannot find the new one by itself: it is invited anew. */
async function pairAnew(bench: TestBench, primary: VirtualMachine, former: VirtualMachine): Promise<void> {
  const there = await eventually(
    "the former primary's administrator",
    () => applianceAdministrator(former.address),
    BOOT_MS,
  );
  await act(there, "part", {});
  const otto = await applianceAdministrator(primary.address);
  await eventually("the pair to be ended", () => isSingle(otto), ACT_MS);
  await pairUp(bench, primary, former, there);
}

/** Ends its pair, unless the other one's word to do so came first. */
async function isSingle(client: WebClient): Promise<boolean> {
  if ((await client.json<Standby>("GET", PAIR)).peer !== null) await client.ask("POST", `${PAIR}/part`, { body: {} });
  return (await client.json<Standby>("GET", PAIR)).peer === null;
}

async function cutAndSwitchByForce(bench: TestBench, from: VirtualMachine, to: VirtualMachine): Promise<void> {
  const there = await eventually("the standby's administrator", () => applianceAdministrator(to.address), BOOT_MS);
  await using rows = new AcknowledgedRows(await siteAdministrator(from.address));
  await eventually("rows to be written", () => rows.count >= FEWEST_ROWS, ACT_MS);
  const cutAt = performance.now();
  const stopped = rows.stop();
  await from.cutPower();
  await act(there, "switch", { force: true });
  await untilPage(to.address, BOOT_MS);
  const seconds = (performance.now() - cutAt) / 1000;
  await stopped;
  const lost = await rows.missing(await siteAdministrator(to.address));
  const lostSeconds = lost.size === 0 ? 0 : Math.max(0, (cutAt - Math.min(...lost.values())) / 1000);
  const note = `power cut while rows were written, ${rows.count} acknowledged, ${lost.size} of them lost`;
  await bench.figures.take("forced switch: lost writes", lostSeconds, "s", note);
  await bench.figures.take("forced switch: until the other one serves", seconds, "s", "from the power cut; emulated");
  must(lostSeconds <= MOST_LOST_SECONDS, `at most ${MOST_LOST_SECONDS} s of writes are lost (${lostSeconds})`);
}

/** The one whose power was cut hears that it was replaced. */
async function comeBack(bench: TestBench, former: VirtualMachine): Promise<void> {
  await former.powerOn();
  const otto = await eventually("its administrator", () => applianceAdministrator(former.address), BOOT_MS);
  await eventually(
    "the former primary to step back",
    async () => (await otto.json<Standby>("GET", PAIR)).role === "standby",
    IN_STEP_MS,
  );
  bench.say("the former primary is a standby");
}
