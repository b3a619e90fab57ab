/** A drill: the standby copies its copy, opens that as it would have to, looks at all of it, and throws it away. */
import { constants, rmSync, statSync } from "node:fs";
import { copyFile, mkdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { LaneWord, LaneWordOf } from "../../protocol/standby.ts";
import type { Clock } from "../clock.ts";
import { DATABASE_FILE } from "../database/database.ts";
import { checkAside } from "./copy/standby-job.ts";
import type { Lane } from "./lane/lane.ts";
import type { Pair } from "./pair.ts";
import type { PairLink } from "./pair-link.ts";
import { refused } from "./role-switch.ts";

const FOLDER = "standby-drill";
const ANSWER_MS = 15 * 60_000;
/** A copy under which the log began again is copied once more. */
const TRIES = 5;
const RESERVE_BYTES = 64 << 20;
/** Of what goes to the other one. */
const MAX_TEXT_CHARACTERS = 500;
/** Of it what SQLite says of a damaged copy: the sentence round it stays whole. */
const MAX_DAMAGE_CHARACTERS = 400;

type Outcome = LaneWordOf<"drilled">;

export class Drill {
  #isGoing = false;
  /** Who waits for what the other one says. */
  #answered: ((outcome: Outcome | null) => void) | null = null;
  constructor(private readonly needs: { readonly pair: Pair; readonly link: PairLink; readonly clock: Clock }) {}

  /** Removes what a power cut in a drill left: a whole copy of the site. */
  removeLeftovers(): void {
    rmSync(join(this.needs.pair.directory, FOLDER), { recursive: true, force: true });
  }

  /** Runs one, here or on the other appliance. @throws {AppError} standby.refused when it did not pass */
  async run(): Promise<void> {
    const { role } = this.needs.pair.record;
    if (role === "alone")
      throw refused("This appliance has no pair, so there is no copy to try. Invite a standby first.");
    const outcome = role === "standby" ? await this.#runHere() : await this.#ask();
    if (!outcome.isPassed) throw refused(`The drill did not pass: ${outcome.text}`);
  }

  /** What the other one says. */
  heard(word: LaneWord, lane: Lane): void {
    if (word.type === "drilled") this.#answered?.(word);
    if (word.type === "drill") void this.#runHere().then((outcome) => lane.send(outcome));
  }

  async #ask(): Promise<Outcome> {
    const { lane, shipper } = this.needs.link;
    if (lane === null || shipper === null)
      throw refused("The standby is not reached, so no drill was run. Run it when it is, or at the standby itself.");
    if (this.#answered !== null) throw refused("Another drill runs.");
    lane.send({ type: "drill" });
    const { promise, resolve } = Promise.withResolvers<Outcome | null>();
    this.#answered = resolve;
    const watch = setInterval(() => lane.isOver && resolve(null), 500);
    const limit = setTimeout(() => resolve(null), ANSWER_MS);
    const outcome = await promise;
    clearInterval(watch);
    clearTimeout(limit);
    this.#answered = null;
    if (outcome === null) throw refused("The standby did not say how it went: the line ended. Run it again.");
    this.#note(outcome);
    return outcome;
  }

  /** Never throws: how it went is the answer. */
  async #runHere(): Promise<Outcome> {
    const { pair, clock } = this.needs;
    const startedAtMs = clock.monotonicMs();
    const outcome = (isPassed: boolean, text: string): Outcome => {
      const tookMs = Math.round(clock.monotonicMs() - startedAtMs);
      return { type: "drilled", isPassed, tookMs, text: text.slice(0, MAX_TEXT_CHARACTERS) };
    };
    if (this.#isGoing) return outcome(false, "Another drill runs.");
    this.#isGoing = true;
    const folder = join(pair.directory, FOLDER);
    try {
      const file = await copyOfCopy(pair, folder);
      if (file === null) return outcome(false, "There is no whole copy, or no room for another one.");
      const { problems, auditRows } = await checkAside(file);
      const well = `The copy opens, every page and reference is sound, and it holds ${auditRows} audit entries.`;
      const damage = `The copy is damaged: ${problems.join("; ").slice(0, MAX_DAMAGE_CHARACTERS)}.`;
      const found = problems.length === 0 ? outcome(true, well) : outcome(false, damage);
      this.#note(found);
      return found;
    } catch (error) {
      return outcome(false, `It could not be run: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#isGoing = false;
      rmSync(folder, { recursive: true, force: true });
    }
  }

  #note({ isPassed, tookMs, text }: Outcome): void {
    const { pair, clock } = this.needs;
    const at = clock.now().toISOString();
    pair.noteSwitch(`${isPassed ? "A drill passed." : "A drill did not pass."} ${text}`, {
      ...{ at, tookMs, isDrill: true, isForced: false },
    });
  }
}

/** Copies both files as they are while more is appended; null: it cannot be. */
async function copyOfCopy({ copy }: Pair, folder: string): Promise<string | null> {
  const from = join(copy.path, DATABASE_FILE);
  const to = join(folder, DATABASE_FILE);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    rmSync(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { position } = copy;
    if (position === null) return null;
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < statSync(from).size + position.bytes + RESERVE_BYTES) return null;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await copyFile(`${from}-wal`, `${to}-wal`, constants.COPYFILE_FICLONE);
    if (copy.position?.salts === position.salts) return to;
  }
  return null;
}
