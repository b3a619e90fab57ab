/** Files at the endpoint: browsing, changing, and both ways of transfer. Works without a screen. */
import type { CreateTool } from "../session-tool.ts";
import { makeDirectory, renameFile } from "./change.ts";
import { copyFiles, moveFiles } from "./copy.ts";
import { deleteFiles } from "./delete.ts";
import { Downloads } from "./downloads.ts";
import { Listings } from "./list.ts";
import { Uploads } from "./uploads.ts";
import { listVolumes } from "./volumes.ts";
import { Walks } from "./walk.ts";

const SWEEP_INTERVAL_MS = 60 * 60 * 1000;

/** The files tool of one support session. */
export const createFilesTool: CreateTool = ({ session, stateDirectory }) => {
  const listings = new Listings();
  const downloads = new Downloads();
  const walks = new Walks();
  const uploads = new Uploads(session, stateDirectory, () => new Date());
  // Clearing away is housekeeping: what it cannot do now, the next time will.
  const sweep = () => void uploads.sweep().catch(complain("old uploads were not cleared away"));
  const sweeping = setInterval(sweep, SWEEP_INTERVAL_MS);
  sweep();
  return {
    handlers: {
      "files.volumes": () => listVolumes(),
      "files.list": ({ params }) => listings.list(params),
      "files.make-directory": ({ params }) => makeDirectory(params),
      "files.rename": ({ params }) => renameFile(params),
      "files.delete": deleteFiles,
      "files.copy": copyFiles,
      "files.move": moveFiles,
      "download.stat": ({ params }) => downloads.stat(params),
      "download.read": (request) => downloads.read(request),
      "download.hash": (request) => downloads.hash(request),
      "download.walk": ({ params }) => walks.walk(params),
      "upload.begin": (request) => uploads.begin(request),
      "upload.slice": (request) => uploads.slice(request),
      "upload.finish": (request) => uploads.finish(request),
      "upload.discard": ({ params }) => uploads.discard(params),
    },
    end: () => uploads.end(),
    [Symbol.dispose]() {
      clearInterval(sweeping);
      void uploads[Symbol.asyncDispose]().catch(complain("uploads were not closed"));
    },
  };
};

function complain(what: string): (error: unknown) => void {
  return (error) => console.error(`${what}:`, error);
}
