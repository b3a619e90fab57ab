/** Transfers over HTTP; the list with what each answers stands in protocol/api/console.ts. */
import { Nothing } from "../../protocol/api/common.ts";
import {
  CreateDownload,
  CreateUpload,
  Download,
  DownloadEntries,
  DownloadEntriesQuery,
  DownloadHash,
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

const asker = ({ params, actor }: Context): Asker => ({ session: params["session"] ?? "", actor });
/** Only digits count as an offset; anything else is no place in a file. */
const offsetOf = ({ params }: Context): number =>
  /^\d{1,15}$/.test(params["offset"] ?? "") ? Number(params["offset"]) : -1;

/** The routes of transfers. */
export function fileTransferRoutes(transfers: FileTransfers, log: Log): Route[] {
  const download = (context: Context): Promise<OpenTransfer> =>
    transfers.open(asker(context), context.params["id"] ?? "", "download");
  const upload = (context: Context): Promise<OpenTransfer> =>
    transfers.open(asker(context), context.params["id"] ?? "", "upload");
  return [
    route("POST", `${BASE}/downloads`, "files.download", { body: CreateDownload, response: Download }, (context) =>
      transfers.createDownload(asker(context), context.body.path),
    ),
    route("GET", `${BASE}/downloads/:id/content`, "files.download", {}, async (context) =>
      contentResponse({ transfers, log }, await download(context), context.request),
    ),
    route("GET", `${BASE}/downloads/:id/slices/:offset`, "files.download", {}, async (context) =>
      sliceResponse(await download(context), offsetOf(context)),
    ),
    route("GET", `${BASE}/downloads/:id/hash`, "files.download", { response: DownloadHash }, async (context) => ({
      sha256: await transfers.hash(await download(context)),
    })),
    route(
      "GET",
      `${BASE}/downloads/:id/entries`,
      "files.download",
      { query: DownloadEntriesQuery, response: DownloadEntries },
      async (context) => transfers.entries(await download(context), context.query.cursor),
    ),
    route(
      "DELETE",
      `${BASE}/downloads/:id`,
      "files.download",
      { query: EndTransfer, response: Nothing },
      async (context) => {
        await transfers.end(await download(context), { state: context.query.outcome });
        return {};
      },
    ),
    route("POST", `${BASE}/uploads`, "files.upload", { body: CreateUpload, response: Upload }, (context) =>
      transfers.beginUpload(asker(context), context.body),
    ),
    route(
      "PUT",
      `${BASE}/uploads/:id/slices/:offset`,
      "files.upload",
      { response: Upload, maxBodyBytes: SLICE_BYTES },
      async (context) => putSlice(transfers, await upload(context), offsetOf(context), context.request),
    ),
    route("POST", `${BASE}/uploads/:id/finish`, "files.upload", { response: UploadFinished }, async (context) =>
      transfers.finishUpload(await upload(context)),
    ),
    route(
      "DELETE",
      `${BASE}/uploads/:id`,
      "files.upload",
      { query: EndTransfer, response: Nothing },
      async (context) => {
        const { outcome } = context.query;
        await transfers.discardUpload(await upload(context), outcome === "failed" ? "failed" : "cancelled");
        return {};
      },
    ),
  ];
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
