/** Looks an appliance over and says in words what is wrong with it; where a server runs, also whether it does its job. */
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Core } from "../core.ts";
import { DATABASE_FILE } from "../database/database.ts";
import { selfTest } from "../self-test/self-test.ts";
import { readServingPlace } from "../self-test/serving-place.ts";
import type { StepResult } from "../self-test/steps.ts";

const DAY_MS = 86_400_000;
const EXPIRY_WARNING_DAYS = 30;
const MIN_FREE_BYTES = 1 << 30;
/** A log that grows past this is one that something keeps from being folded in. */
const MAX_WAL_BYTES = 512 << 20;

/** One thing looked at. */
export interface Finding {
  readonly isWell: boolean;
  readonly text: string;
}
const well = (text: string): Finding => ({ isWell: true, text });
const wrong = (text: string): Finding => ({ isWell: false, text });

/**
 * Every finding, the good ones too. That the site key and the secret key open was proved by opening the core.
 * @param agent the agent's program, for the test of a running server's job
 */
export async function examine(core: Core, agent: string): Promise<Finding[]> {
  return [
    ...(await siteFindings(core)),
    await databaseFinding(core),
    await auditFinding(core),
    ...(await certificateFindings(core)),
    await diskFinding(core),
    walFinding(core),
    ...(await jobFindings(core, agent)),
  ];
}

async function siteFindings({ site, certificates }: Core): Promise<Finding[]> {
  const setUp = (await site.isSetUp())
    ? well("The site is set up.")
    : wrong("The site is not set up yet. Open /login.");
  await certificates.served();
  return [setUp, well("The site key and the certificate's key open.")];
}

async function databaseFinding({ database }: Core): Promise<Finding> {
  const problems = database.check();
  if (problems.length === 0) return well("The database is sound.");
  return wrong(`The database is damaged: ${problems.join("; ")}. Restore the newest backup.`);
}

async function auditFinding({ audit, database }: Core): Promise<Finding> {
  const verdict = await audit.verify(database.queries);
  if (verdict.isIntact) return well(`The audit log is intact: ${verdict.rows} rows.`);
  return wrong(`${verdict.problem} Somebody changed the database by hand, or it is damaged.`);
}

async function certificateFindings({ certificates, clock }: Core): Promise<Finding[]> {
  const { notAfter, coversHostname, isSelfSigned } = await certificates.describe();
  const days = Math.floor((Date.parse(notAfter) - clock.now().getTime()) / DAY_MS);
  const day = notAfter.slice(0, 10);
  return [
    days < EXPIRY_WARNING_DAYS
      ? wrong(
          days < 0
            ? `The certificate ran out on ${day}. Replace it.`
            : `The certificate runs out on ${day}. Replace it.`,
        )
      : well(`The certificate is good until ${day}${isSelfSigned ? " (self-signed)" : ""}.`),
    coversHostname
      ? well("The certificate names this site's hostname.")
      : wrong("The certificate does not name this site's hostname. Replace it, or correct the hostname."),
  ];
}

async function diskFinding({ directory }: Core): Promise<Finding> {
  const disk = await statfs(directory);
  const free = disk.bavail * disk.bsize;
  const text = `${(free / 1e9).toFixed(1)} GB are free for ${directory}.`;
  return free < MIN_FREE_BYTES ? wrong(`${text} Free some space; at 0 nothing can be written.`) : well(text);
}

function walFinding({ directory }: Core): Finding {
  const bytes = Bun.file(join(directory, `${DATABASE_FILE}-wal`)).size;
  const text = `The database's write-ahead log has ${(bytes / 1e6).toFixed(1)} MB.`;
  return bytes > MAX_WAL_BYTES ? wrong(`${text} Restart the server so that it is folded in.`) : well(text);
}

/** A server that serves is asked to do its job once (`causeway self-test`), which takes some seconds. */
async function jobFindings(core: Core, agent: string): Promise<Finding[]> {
  if (readServingPlace(core.directory) === null)
    return [well("No server serves from this directory now, so whether one does its job was not tested.")];
  if (!existsSync(agent))
    return [well(`Whether the server does its job was not tested: there is no agent's program at ${agent}.`)];
  const results: StepResult[] = [];
  const isWell = await selfTest({ core, agent, told: (result) => results.push(result), startMs: 0 });
  if (!isWell) return results.filter(({ outcome }) => outcome === "failed").map(failedStep);
  const skipped = results.find(({ outcome }) => outcome === "skipped");
  if (skipped !== undefined) return [well(`The server answers. Its job was not tested to the end: ${skipped.text}.`)];
  const seconds = results.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  const job = "a computer enrolled, and a console typed into its shell";
  return [well(`The server does its job: ${job}, in ${seconds.toFixed(1)} s.`)];
}

function failedStep({ name, text }: StepResult): Finding {
  if (name === "TLS")
    return wrong(`The server does not answer as it should: ${text}. Start it again and look at its log.`);
  if (name === "Clean-up") return wrong(`The test of the server's job left something behind: ${text}.`);
  return wrong(`The server does not do its job. At the step "${name}": ${text}. Look at its log.`);
}
