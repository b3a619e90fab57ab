/** Starts the program again for one job, and hears what it tells. */
import { fileURLToPath } from "node:url";
import { Value } from "@sinclair/typebox/value";
import { AppError } from "../../protocol/errors.ts";
import type { Log } from "../log.ts";
import { type BackupJob, JOB_WORD, JobLine, type JobResult, jobResults } from "./job/jobs.ts";

/** Time to put things away when a job is called off; then it is killed. */
const GRACE_MS = 3000;
/** More than this of one line is no line of ours. */
const MAX_LINE_CHARACTERS = 65_536;
const MAX_KEPT_WORDS = 4000;

export interface JobOptions {
  readonly signal?: AbortSignal;
  /** How far it is, 0 to 1. */
  onProgress?(done: number): void;
  readonly log: Log;
}

/** A job that runs. */
export interface RunningJob<Kind extends BackupJob["kind"]> {
  /** @throws {AppError} what the job refuses; transfer.cancelled; internal when its process ended by itself */
  readonly result: Promise<JobResult<Kind>>;
  /** What it hands out. Whoever does not read it holds the job up. */
  readonly content: ReadableStream<Uint8Array>;
  /** Calls it off. */
  end(): void;
}

/** Starts a job; it ends with this process, whatever happens to it. */
export function startJob<Kind extends BackupJob["kind"]>(
  job: Extract<BackupJob, { kind: Kind }>,
  { signal, onProgress, log }: JobOptions,
): RunningJob<Kind> {
  // No variable of ours is handed on; the job needs none.
  const child = Bun.spawn([...ownProgram(), JOB_WORD], { stdin: "pipe", stdout: "pipe", stderr: "pipe", env: {} });
  void child.stdin.write(`${JSON.stringify(job)}\n`);
  void child.stdin.flush();
  const end = (): void => {
    void child.stdin.end();
    const timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
    void child.exited.then(() => clearTimeout(timer));
  };
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted === true) end();
  const told = hear(child.stderr, onProgress);
  const finish = async (): Promise<JobResult<Kind>> => {
    const { last, words } = await told;
    await child.exited;
    void child.stdin.end();
    signal?.removeEventListener("abort", end);
    if (signal?.aborted === true)
      throw new AppError("transfer.cancelled", "It was called off. Nothing was left behind.");
    if (last?.kind === "done" && Value.Check(jobResults[job.kind], last.result)) return last.result as JobResult<Kind>;
    if (last?.kind === "refused") throw new AppError(last.code, last.message);
    log.error("a backup job ended by itself", new Error(words), { job: job.kind, exitCode: child.exitCode });
    throw new AppError("internal", "The backup's process ended by itself. The log says more; try again.");
  };
  return { result: finish(), content: child.stdout, end };
}

/** Does a job that hands nothing out. */
export async function runJob<Kind extends BackupJob["kind"]>(
  job: Extract<BackupJob, { kind: Kind }>,
  options: JobOptions,
): Promise<JobResult<Kind>> {
  const { result, content } = startJob<Kind>(job, options);
  await content.cancel();
  return await result;
}

async function hear(
  stream: ReadableStream<Uint8Array>,
  onProgress: ((done: number) => void) | undefined,
): Promise<{ readonly last: JobLine | null; readonly words: string }> {
  let [text, words] = ["", ""];
  let last: JobLine | null = null;
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    text = (text + decoder.decode(bytes, { stream: true })).slice(-MAX_LINE_CHARACTERS);
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n")) {
      const line = readLine(text.slice(0, end));
      if (line === null) words = `${words}${text.slice(0, end)}\n`.slice(-MAX_KEPT_WORDS);
      else if (line.kind === "progress") onProgress?.(line.done);
      else last = line;
      text = text.slice(end + 1);
    }
  }
  return { last, words: words + text };
}

function readLine(text: string): JobLine | null {
  if (!text.startsWith("{")) return null;
  try {
    const line: unknown = JSON.parse(text);
    return Value.Check(JobLine, line) ? line : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The compiled program, or the interpreter with our main file. */
/** The words that start this very program again, compiled or not. */
export function ownProgram(): string[] {
  const isCompiled = import.meta.path.startsWith("/$bunfs/");
  return isCompiled ? [process.execPath] : [process.execPath, fileURLToPath(new URL("../main.ts", import.meta.url))];
}
