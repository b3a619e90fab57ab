/** The program `causeway` as the shell starts it, from its source: its words, its pages, its exit status. */
import { join } from "node:path";

const PROGRAM = [process.execPath, join(import.meta.dir, "..", "main.ts")];

export interface Ended {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs one command to its end. @param input what it reads from standard input */
export async function runProgram(words: readonly string[], input = ""): Promise<Ended> {
  const child = Bun.spawn([...PROGRAM, ...words], { stdin: new Blob([input]), stdout: "pipe", stderr: "pipe" });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { status: await child.exited, output, errors };
}

/** A program that serves. Disposing it asks it to end and waits. */
export interface ServingProgram extends AsyncDisposable {
  readonly url: string;
  /** Ends it, with this signal or as a service manager does; resolves with its exit status. */
  end(signal?: "SIGTERM" | "SIGKILL"): Promise<number>;
  readonly exited: Promise<number>;
}

/**
 * Serves a data directory on a port of the loopback that the system chooses.
 * @param manager where a service manager listens, if one does
 */
export async function serveProgram(
  data: string,
  { more = [], manager }: { readonly more?: readonly string[]; readonly manager?: string } = {},
): Promise<ServingProgram> {
  const words = ["serve", "--data", data, "--listen", "127.0.0.1:0", ...more];
  const env = { ...process.env, ...(manager === undefined ? {} : { NOTIFY_SOCKET: manager }) };
  const child = Bun.spawn([...PROGRAM, ...words], { env, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const end = (signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number> => {
    child.kill(signal);
    return child.exited;
  };
  return {
    url: await readUrl(child.stdout),
    end,
    exited: child.exited,
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}

async function readUrl(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const part of output.values({ preventCancel: true })) {
    text += new TextDecoder().decode(part);
    const found = /^Listening on (https:\/\/\S+)\n/mu.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error("the server ended before it listened");
}
