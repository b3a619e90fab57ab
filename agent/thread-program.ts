/**
 * A program of the agent's own whose work a thread does: the thread may block in a call of its display while this one
 * carries what the agent and the thread say to each other.
 */
import type { StartingAgent } from "./own-program.ts";
import { type WorkerPath, workerUrl } from "./worker-url.ts";
import { type WakeHandle, WakePipe } from "./x11/wake.ts";

/** What the thread is told: how it is woken, the agent's commands, and that it is over. A wake follows each. */
export type ThreadCommand<Command> =
  { readonly kind: "begin"; readonly wake: WakeHandle } | Command | { readonly kind: "stop" };

/** A thread that takes longer to end stands still in a call, and ends with its program. */
const MAX_FAREWELL_MS = 2000;

/** Runs the thread until the agent lets go. Rejects when it fails. */
export const threadProgram =
  (path: WorkerPath) =>
  async (agent: StartingAgent): Promise<void> => {
    using wake = new WakePipe();
    const thread = new Worker(workerUrl(path));
    const ended = new Promise((resolve) => thread.addEventListener("close", resolve));
    const failed = new Promise<never>((_, reject) => {
      thread.onerror = ({ message }) => reject(new Error(`${path}: ${message}`));
    });
    const tell = (command: ThreadCommand<unknown>): void => {
      thread.postMessage(command);
      wake.wake();
    };
    thread.onmessage = ({ data }: MessageEvent<object>) => agent.report(data);
    tell({ kind: "begin", wake: wake.handle });
    agent.onCommand(tell);
    // Also when the thread ends by itself: what it said last is on its way until the agent lets go.
    await Promise.race([agent.gone, failed]);
    tell({ kind: "stop" });
    await Promise.race([ended, Bun.sleep(MAX_FAREWELL_MS)]);
  };
