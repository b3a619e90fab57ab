/** What an administrator downloads: a self-extracting file for Linux, a zip for every other platform. Streamed. */
import { createReadStream } from "node:fs";
import { type AgentPlatform, installerFileName } from "../../protocol/api/administration.ts";
import type { InstallerFile } from "../../protocol/hello.ts";
import { stubFor } from "./self-extracting.ts";

/** The response that carries an installer; the agent is read from the disk as the browser takes it. */
export function installerResponse(
  name: string,
  platform: AgentPlatform,
  installer: InstallerFile,
  agent: Bun.BunFile,
): Response {
  const headers = {
    "content-type": platform.startsWith("linux") ? "application/x-sh" : "application/zip",
    "content-disposition": `attachment; filename="${installerFileName(name, platform)}"`,
    "cache-control": "no-store",
  };
  const body = platform.startsWith("linux")
    ? selfExtracting(installer, agent)
    : streamOf(zipped(platform, installer, agent));
  return new Response(body, { headers });
}

function selfExtracting(installer: InstallerFile, agent: Bun.BunFile): ReadableStream<Uint8Array> {
  const stub = stubFor(installer);
  const reader = agent.stream().getReader();
  let isStubSent = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!isStubSent) {
        isStubSent = true;
        return controller.enqueue(stub);
      }
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** The zip carries the agent as it is, so that unpacking is all there is to do. */
async function* zipped(
  platform: AgentPlatform,
  installer: InstallerFile,
  agent: Bun.BunFile,
): AsyncGenerator<string | Uint8Array> {
  // It asks for the machine's time zone as it is loaded, which would take 9 ms of each start.
  const [{ ZipFile }, { createGunzip }] = await Promise.all([import("yazl"), import("node:zlib")]);
  const zip = new ZipFile();
  const agentName = platform.startsWith("windows") ? "causeway-agent.exe" : "causeway-agent";
  zip.addBuffer(Buffer.from(JSON.stringify(installer)), "causeway-installer.json", { mode: 0o100600 });
  const unpacked = createReadStream(agent.name!).pipe(createGunzip());
  zip.addReadStream(unpacked, agentName, { mode: 0o100755 });
  zip.end();
  yield* zip.outputStream;
}

/** Reads on only as the browser takes it. */
function streamOf(chunks: AsyncGenerator<string | Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(typeof value === "string" ? Buffer.from(value) : value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}
