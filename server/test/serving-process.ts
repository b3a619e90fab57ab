import { join } from "node:path";

/** A server in a process of its own, which a test can kill. */
export interface ServingProcess extends AsyncDisposable {
  readonly port: number;
  /** As a power cut would: nothing is said and nothing is flushed. */
  kill(): Promise<void>;
}

/** Serves a data directory on a port of the loopback; 0 lets the system choose. */
export async function startServingProcess(directory: string, port = 0): Promise<ServingProcess> {
  const script = join(import.meta.dir, "serve-without-pages.ts");
  const listen = `127.0.0.1:${port}`;
  const words = ["serve", "--data", directory, "--listen", listen, "--agents", join(directory, "agents")];
  const child = Bun.spawn([process.execPath, script, ...words], { stdout: "pipe", stderr: "inherit" });
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await child.exited;
  };
  return { port: await readPort(child.stdout), kill, [Symbol.asyncDispose]: kill };
}

async function readPort(output: ReadableStream<Uint8Array>): Promise<number> {
  let text = "";
  for await (const bytes of output) {
    text += new TextDecoder().decode(bytes);
    const port = /:(\d+)\n/u.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`the server did not start: ${text}`);
}
