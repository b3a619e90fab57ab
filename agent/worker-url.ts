/**
 * Where a worker's entry point lies. This file stands at the root of the agent's sources because a compiled binary keeps
 * its further entry points below that root, while `import.meta.url` is the binary's own for every bundled file.
 */
export type WorkerPath = "screen/capture-worker.ts" | "input/input-worker.ts" | "clipboard/clipboard-worker.ts";

/** The URL to start a worker from, in the sources and in a compiled binary alike. */
export function workerUrl(path: WorkerPath): URL {
  return new URL(`./${path}`, import.meta.url);
}
