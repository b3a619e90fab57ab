/**
 * Asks root's helper of the appliance. A connection is one request: a line of JSON there, lines of JSON back. Where there
 * is no helper (a .deb, `make run`) the system is somebody else's, and everything here says so in words.
 */
import { existsSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { Value } from "@sinclair/typebox/value";
import {
  type Answers,
  type Asks,
  HelperLine,
  MAX_HELPER_LINE_BYTES,
  type SystemAction,
  systemActions,
} from "../../protocol/appliance/system-actions.ts";
import { AppError } from "../../protocol/errors.ts";
import { AnswerLines } from "./answer-lines.ts";

/** A helper that says nothing for so long is given up; while it writes an update it speaks four times a second. */
const QUIET_TIMEOUT_MS = 60_000;

/** How one question is asked. */
export interface AskOptions {
  /** Ends the connection, which cancels what can be cancelled. */
  readonly signal?: AbortSignal;
  /** How far it is, in the action's own unit. */
  onProgress?(done: number, total: number): void;
  /** How long the helper may say nothing, in ms. */
  readonly quietMs?: number;
}

export class SystemHelper {
  /** @param path of the helper's socket */
  constructor(private readonly path: string) {}

  /** Whether this is an appliance's image: its socket is there. */
  get isThere(): boolean {
    return existsSync(this.path);
  }

  /**
   * Asks one thing.
   * @throws {AppError} what the helper refuses; system.unavailable where it does not answer; transfer.cancelled
   */
  async ask<A extends SystemAction>(action: A, asks: Asks<A>, options: AskOptions = {}): Promise<Answers<A>> {
    if (!this.isThere) throw notAnAppliance();
    const request = `${JSON.stringify({ action, asks })}\n`;
    if (Buffer.byteLength(request) > MAX_HELPER_LINE_BYTES)
      throw new AppError("request.too_large", "These settings are too long for the system.");
    const answers = await exchange(this.path, request, options);
    if (Value.Check(systemActions[action].answers, answers)) return answers as Answers<A>;
    throw unavailable(new Error(`the helper's answer to ${action} has another shape`));
  }

  /** The same, and null where there is no helper at all. */
  async askIfThere<A extends SystemAction>(action: A, asks: Asks<A>): Promise<Answers<A> | null> {
    return this.isThere ? await this.ask(action, asks) : null;
  }
}

async function exchange(path: string, request: string, options: AskOptions): Promise<unknown> {
  const { signal, onProgress, quietMs = QUIET_TIMEOUT_MS } = options;
  const isCancelled = (): boolean => signal?.aborted === true;
  if (isCancelled()) throw cancelled();
  const socket = connect({ path });
  const abort = (): void => void socket.destroy();
  signal?.addEventListener("abort", abort);
  try {
    return await lastAnswer(socket, request, { quietMs, onProgress: onProgress ?? (() => undefined) });
  } catch (error) {
    throw isCancelled() ? cancelled() : error;
  } finally {
    signal?.removeEventListener("abort", abort);
    socket.destroy();
  }
}

interface Listening {
  readonly quietMs: number;
  onProgress(done: number, total: number): void;
}

/** What stands in the line `done`. */
async function lastAnswer(socket: Socket, request: string, { quietMs, onProgress }: Listening): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const lines = new AnswerLines((text) => {
    const line = readLine(text);
    if (line === null) reject(unavailable(new Error("the helper sent a line of no known form")));
    else if (line.kind === "progress") onProgress(line.done, line.total);
    else if (line.kind === "refused") reject(new AppError(line.code, line.message));
    else resolve(line.answers);
  });
  socket.setTimeout(quietMs, () => socket.destroy(new Error("the helper said nothing for too long")));
  socket.once("connect", () => socket.write(request));
  socket.once("error", (cause) => reject(unavailable(cause)));
  socket.once("close", () => reject(unavailable(new Error("the helper closed before its answer was whole"))));
  socket.on("data", (piece) => {
    if (!lines.add(Buffer.from(piece))) socket.destroy(new Error("the helper's answer is endless"));
  });
  return await promise;
}

function readLine(text: string): HelperLine | null {
  try {
    const line: unknown = JSON.parse(text);
    return Value.Check(HelperLine, line) ? line : null;
  } catch {
    // No JSON is no line of ours; the caller says so.
    return null;
  }
}

/** For everything that only an appliance's image can do. */
export const notAnAppliance = (): AppError =>
  new AppError(
    "system.unavailable",
    "This server was not installed as an appliance. Its operating system has these settings.",
  );

const unavailable = (cause: unknown): AppError =>
  new AppError("system.unavailable", "The system does not answer. Try again; restart the appliance if this lasts.", {
    cause,
  });

const cancelled = (): AppError => new AppError("transfer.cancelled", "It was cancelled.");
