/** Tries now everything this site is set up to reach, all at once and each for a limited time. */
import type { Static } from "@sinclair/typebox";
import type { ConnectionTest as TestShape, ConnectionTests } from "../../protocol/api/appliance/status.ts";
import type { Clock } from "../clock.ts";

type Tested = Static<typeof TestShape>;
/** The most that is tried; what is past it is left out. */
const MAX_TARGETS = 64;
const TIMEOUT_MS = 10_000;

/** One thing that is to be reached. */
export interface Reachable {
  /** As people know it: "smtp.example:587". */
  readonly target: string;
  readonly use: Tested["use"];
  /** Reaches it, or throws why not. @returns what still deserves attention in words; "": all is well */
  reach(signal: AbortSignal): Promise<string>;
}

export class ConnectionTest {
  #running: Promise<ConnectionTests> | null = null;

  /** @param sources each says what is to be reached, as it is set up now */
  constructor(
    private readonly clock: Clock,
    private readonly sources: readonly (() => Promise<readonly Reachable[]>)[],
  ) {}

  /** Tries everything. Who asks while it runs gets the same answer. */
  async run(): Promise<ConnectionTests> {
    this.#running ??= this.#run().finally(() => (this.#running = null));
    return await this.#running;
  }

  async #run(): Promise<ConnectionTests> {
    const at = this.clock.now().toISOString();
    const startedMs = performance.now();
    const targets = (await Promise.all(this.sources.map((source) => source()))).flat().slice(0, MAX_TARGETS);
    const tests = await Promise.all(targets.map(tryToReach));
    return { at, tookMs: Math.round(performance.now() - startedMs), tests };
  }
}

async function tryToReach({ target, use, reach }: Reachable): Promise<Tested> {
  const startedMs = performance.now();
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(new Error("no answer")), TIMEOUT_MS);
  const took = (): number => Math.round(performance.now() - startedMs);
  try {
    const problem = await Promise.race([reach(ending.signal), aborted(ending.signal)]);
    return { target, use, health: problem === "" ? "ok" : "attention", milliseconds: took(), problem };
  } catch (error) {
    const problem = ending.signal.aborted ? `No answer after ${TIMEOUT_MS / 1000} s.` : problemOf(error);
    return { target, use, health: "failed", milliseconds: took(), problem };
  } finally {
    clearTimeout(timer);
    ending.abort();
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Refused: nothing answers on this port.",
  ENOTFOUND: "The name is not known to the name servers.",
  EAI_AGAIN: "The name servers do not answer.",
  EHOSTUNREACH: "There is no way to this address.",
  ENETUNREACH: "There is no way to this network.",
  ECONNRESET: "The other side closed the connection.",
  ETIMEDOUT: "No answer.",
};

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return words[code.replace(/^DNS_/u, "")] ?? error.message.slice(0, 200);
}
