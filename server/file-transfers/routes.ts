/** Transfers over HTTP; the list with what each answers stands in protocol/api/console.ts. */
import { Nothing } from "../../protocol/api/common.ts";
import {
  CreateDownload,
  CreateUpload,
  Download,
  DownloadEntries,
  DownloadEntriesQuery,
  DownloadHash,
  DownloadStatus,
  EndTransfer,
  Upload,
  UploadFinished,
} from "../../protocol/api/console.ts";
import { AppError } from "../../protocol/errors.ts";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import type { Log } from "../log.ts";
import { type Route, route, type RouteContext, type RouteShapes } from "../route.ts";
import { readContentDigest } from "./content-digest.ts";
import { contentResponse, sliceResponse } from "./download-response.ts";
import { type Asker, type FileTransfers, type OpenTransfer, sliceLength } from "./file-transfers.ts";

const BASE = "/api/console/sessions/:session";

type Context = Pick<RouteContext<RouteShapes, "signed-in">, "params" | "actor">;

const Entries = { query: DownloadEntriesQuery, response: DownloadEntries } as const;
const Slice = { response: Upload, maxBodyBytes: SLICE_BYTES } as const;

const asker = ({ params, actor }: Context): Asker => ({ session: params["session"] ?? "", actor });
/** Only digits count as an offset; anything else is no place in a file. */
const offsetOf = ({ params }: Context): number =>
  /^\d{1,15}$/.test(params["offset"] ?? "") ? Number(params["offset"]) : -1;

/** The routes of transfers. */
export function fileTransferRoutes(transfers: FileTransfers, log: Log): Route[] {
  return [...downloadRoutes(transfers, log), ...uploadRoutes(transfers)];
}

function downloadRoutes(transfers: FileTransfers, log: Log): Route[] {
  const one = (context: Context): Promise<OpenTransfer> =>
    transfers.open(asker(context), context.params["id"] ?? "", "download");
  const wanted = async (context: Context): Promise<OpenTransfer> => requireWanted(await one(context));
  const path = `${BASE}/downloads`;
  return [
    route("POST", path, "files.download", { body: CreateDownload, response: Download }, (context) =>
      transfers.createDownload(asker(context), context.body.path),
    ),
    route("GET", `${path}/:id`, "files.download", { response: DownloadStatus }, async (context) => {
      const { state, sha256 } = (await one(context)).row;
      return { state, sha256 };
    }),
    route("GET", `${path}/:id/content`, "files.download", {}, async (context) =>
      contentResponse({ transfers, log }, await wanted(context), context.request),
    ),
    route("GET", `${path}/:id/slices/:offset`, "files.download", {}, async (context) =>
      sliceResponse(await wanted(context), offsetOf(context)),
    ),
    route("GET", `${path}/:id/hash`, "files.download", { response: DownloadHash }, async (context) => ({
      sha256: await transfers.hash(await wanted(context)),
    })),
    route("GET", `${path}/:id/entries`, "files.download", Entries, async (context) =>
      transfers.entries(await wanted(context), context.query.cursor),
    ),
    route("DELETE", `${path}/:id`, "files.download", { query: EndTransfer, response: Nothing }, async (context) => {
      await transfers.end(await one(context), { state: context.query.outcome });
      return {};
    }),
  ];
}

function uploadRoutes(transfers: FileTransfers): Route[] {
  const one = (context: Context): Promise<OpenTransfer> =>
    transfers.open(asker(context), context.params["id"] ?? "", "upload");
  const path = `${BASE}/uploads`;
  return [
    route("POST", path, "files.upload", { body: CreateUpload, response: Upload }, (context) =>
      transfers.beginUpload(asker(context), context.body, context.request.signal),
    ),
    route("PUT", `${path}/:id/slices/:offset`, "files.upload", Slice, async (context) =>
      putSlice(transfers, await one(context), offsetOf(context), context.request),
    ),
    route("POST", `${path}/:id/finish`, "files.upload", { response: UploadFinished }, async (context) =>
      transfers.finishUpload(await one(context)),
    ),
    route("DELETE", `${path}/:id`, "files.upload", { query: EndTransfer, response: Nothing }, async (context) => {
      const { outcome } = context.query;
      await transfers.discardUpload(await one(context), outcome === "failed" ? "failed" : "cancelled");
      return {};
    }),
  ];
}

/**
 * What the audit log calls cancelled or failed sends nothing any more. A finished one may: a browser that fetches ranges
 * in an order of its own may have the end before the beginning.
 */
function requireWanted(transfer: OpenTransfer): OpenTransfer {
  const { state } = transfer.row;
  if (state === "open" || state === "finished") return transfer;
  throw new AppError("transfer.unknown", "This download has ended. Begin a new one.");
}

async function putSlice(
  transfers: FileTransfers,
  transfer: OpenTransfer,
  offset: number,
  request: Request,
): Promise<Upload> {
  const sha256 = readContentDigest(request.headers.get("content-digest"));
  const length = sliceLength(transfer.row, offset);
  if (Number(request.headers.get("content-length") ?? Number.NaN) !== length || request.body === null)
    throw new AppError("request.invalid", `The part at ${offset} is ${length} bytes long. Send exactly these.`);
  return transfers.putSlice(transfer, offset, sha256, request.body);
}
