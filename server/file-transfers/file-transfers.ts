/** Transfers between browsers and endpoints: what they are, whose they are, and the record of how each ended. */
import type { Static } from "@sinclair/typebox";
import type { CreateUpload, Download, DownloadEntries, Upload } from "../../protocol/api/console.ts";
import type { AuditOutcome } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { newId } from "../new-id.ts";
import type { AgentLink, AgentLinks } from "../support-sessions/agent-link.ts";
import { type FileState, HASH_TIMEOUT_MS } from "./agent-bytes.ts";
import { SlicePump } from "./slice-pump.ts";
import {
  endTransfer,
  findTransfer,
  insertTransfer,
  isSessionRunning,
  type NewTransferRow,
  setHash,
  setProgress,
  type TransferRow,
} from "./store.ts";
import { downloadedText, endedText, uploadedText } from "./transfer-texts.ts";

type NewUpload = Static<typeof CreateUpload>;
type Entries = Static<typeof DownloadEntries>;

/** Who asks, in which session. */
export interface Asker {
  readonly session: string;
  readonly actor: Actor;
}

/** One transfer with the link to its endpoint. */
export interface OpenTransfer {
  readonly row: TransferRow;
  readonly link: AgentLink;
  readonly actor: Actor;
}

/** How a transfer ended. `detail` goes into the audit log. */
export interface TransferEnd {
  readonly state: "finished" | "cancelled" | "failed";
  readonly sha256?: string;
  readonly path?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Why it failed. */
  readonly error?: AppError;
}

export class FileTransfers {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly links: AgentLinks,
  ) {}

  /**
   * A transfer of this representative in this session.
   * @throws {AppError} transfer.unknown, also for somebody else's (NA18); what linkFor throws.
   */
  async open({ session, actor }: Asker, id: string, direction: TransferRow["direction"]): Promise<OpenTransfer> {
    const permission = direction === "download" ? "files.download" : "files.upload";
    const link = this.links.linkFor(session, actor, permission);
    const row = await findTransfer(this.database.queries, id);
    if (row?.session === session && row.representative === actor.id && row.direction === direction)
      return { row, link, actor };
    throw new AppError("transfer.unknown", "There is no such transfer of yours in this session. Begin a new one.");
  }

  /** Looks at a file or folder at the endpoint; nothing is sent yet. */
  async createDownload({ session, actor }: Asker, path: string): Promise<Download> {
    const link = this.links.linkFor(session, actor, "files.download");
    const { result } = await link.ask("download.stat", { path });
    const id = newId<string>();
    await this.#insert({
      ...this.#newRow(id, session, actor),
      direction: "download",
      kind: result.kind,
      path,
      name: result.name.toWellFormed(),
      size_bytes: result.sizeBytes,
      version: result.version,
      conflict: "",
    });
    return { id, ...result };
  }

  /** A session that ended while the endpoint was asked has ended its transfers: none may come after. */
  async #insert(row: NewTransferRow): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await isSessionRunning(tx, row.session)))
        throw new AppError("session.ended", "The session has ended, and its transfers with it.");
      await insertTransfer(tx, row);
    });
  }

  /** What cannot be written down is not begun: nothing of it stays at the endpoint. */
  async #insertOrDiscard(row: NewTransferRow, link: AgentLink): Promise<void> {
    try {
      await this.#insert(row);
    } catch (error) {
      await link.ask("upload.discard", { transfer: row.id });
      throw error;
    }
  }

  #newRow(id: string, session: string, actor: Actor) {
    const created = {
      state: "open",
      sha256: null,
      created_at: this.clock.now().toISOString(),
      finished_at: null,
    } as const;
    return { id, session, representative: actor.id, verified_bytes: 0, ...created };
  }

  /** A page of what is below a folder. */
  async entries({ row, link }: OpenTransfer, cursor: string | undefined): Promise<Entries> {
    const { result } = await link.ask("download.walk", { path: row.path, ...(cursor === undefined ? {} : { cursor }) });
    const base = row.path === "/" ? "" : row.path;
    const entries = result.entries.map(({ relativePath, kind, sizeBytes, message }) => ({
      path: `${base}/${relativePath}`,
      relativePath,
      kind,
      sizeBytes,
      ...(message === undefined ? {} : { message }),
    }));
    return { entries, next: result.next };
  }

  /** The SHA-256 of a file as it stands on the endpoint's disk. */
  async hash({ row, link }: OpenTransfer): Promise<string> {
    const { result } = await link.ask("download.hash", fileOf(row), { timeoutMs: HASH_TIMEOUT_MS });
    await setHash(this.database.queries, row.id, result.sha256);
    return result.sha256;
  }

  /**
   * Begins an upload, or goes on with an earlier one of the same file. Where `signal` says that nobody waits for the
   * answer any more, a new one is given up: its id reaches nobody who could.
   */
  async beginUpload({ session, actor }: Asker, upload: NewUpload, signal: AbortSignal): Promise<Upload> {
    const link = this.links.linkFor(session, actor, "files.upload");
    const earlier =
      upload.transfer === undefined ? null : await this.open({ session, actor }, upload.transfer, "upload");
    requireSameUpload(earlier?.row ?? null, upload);
    const id = earlier?.row.id ?? newId<string>();
    const { directory, name, sizeBytes, modifiedAt, conflict } = upload;
    const params = { transfer: id, directory, name, sizeBytes, modifiedAt, conflict };
    const begun = await link
      .ask("upload.begin", params, { timeoutMs: HASH_TIMEOUT_MS })
      .catch(async (error: unknown) => {
        if (earlier === null) await this.#recordRefused({ session, actor }, id, upload, error, link);
        throw error;
      });
    const { verifiedBytes, isSkipped } = begun.result;
    if (earlier !== null) await this.#goOn({ ...earlier, link }, { verified_bytes: verifiedBytes, conflict });
    else if (!isSkipped) {
      const row = this.#uploadRow(id, { session, actor }, upload);
      await this.#insertOrDiscard(row, link);
      if (signal.aborted) await this.discardUpload({ row, link, actor }, "cancelled");
    }
    return { id, verifiedBytes, isSkipped };
  }

  /** An upload that was cancelled while the endpoint went on with it is cleared away again. */
  async #goOn({ row, link }: OpenTransfer, progress: Pick<TransferRow, "verified_bytes" | "conflict">): Promise<void> {
    if (await setProgress(this.database.queries, row.id, progress)) return;
    await link.ask("upload.discard", { transfer: row.id });
    throw ended();
  }

  #uploadRow(id: string, { session, actor }: Asker, { directory, name, sizeBytes, conflict }: NewUpload) {
    return {
      ...this.#newRow(id, session, actor),
      direction: "upload",
      kind: "file",
      path: directory === "/" ? `/${name}` : `${directory}/${name}`,
      name: name.toWellFormed(),
      size_bytes: sizeBytes,
      version: "",
      conflict,
    } as const;
  }

  /** An upload the endpoint refuses is on record; a name that is taken is a question, not a failure. */
  async #recordRefused(asker: Asker, id: string, upload: NewUpload, error: unknown, link: AgentLink): Promise<void> {
    if (!(error instanceof AppError) || isQuestion(error) || !error.code.startsWith("file.")) return;
    const row = this.#uploadRow(id, asker, upload);
    await this.#insert(row);
    await this.end({ row, link, actor: asker.actor }, { state: "failed", error });
  }

  /**
   * Hands one slice to the endpoint, as it comes; the answer says that it is verified and on disk.
   * @throws {AppError} file.hash_mismatch, channel.lost …: the slice is to be sent again.
   */
  async putSlice(
    { row, link }: OpenTransfer,
    offset: number,
    sha256: string,
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
  ): Promise<Upload> {
    const length = sliceLength(row, offset);
    const params = { transfer: row.id, offset, length, sha256 };
    const pump = new SlicePump(body);
    try {
      const { result } = await link.ask("upload.slice", params, {
        timeoutMs: SLICE_TIMEOUT_MS,
        onChannel: (to) => pump.start(to),
      });
      return { id: row.id, verifiedBytes: result.verifiedBytes, isSkipped: false };
    } finally {
      await pump.stop();
    }
  }

  /** Puts a whole upload under its final name. A taken name leaves it open, so that the person can decide. */
  async finishUpload(transfer: OpenTransfer): Promise<{ path: string; sha256: string }> {
    const { row, link } = transfer;
    const { result } = await link.ask("upload.finish", { transfer: row.id }, { timeoutMs: HASH_TIMEOUT_MS });
    await this.end(transfer, { state: "finished", ...result });
    return result;
  }

  /** Gives an upload up: nothing of it stays at the endpoint. */
  async discardUpload(transfer: OpenTransfer, state: "cancelled" | "failed"): Promise<void> {
    if (transfer.row.state !== "open") return;
    await transfer.link.ask("upload.discard", { transfer: transfer.row.id });
    await this.end(transfer, { state });
  }

  /** Records how a transfer ended, with its audit event, and tells the session. Said twice, it is recorded once. */
  async end({ row, link, actor }: OpenTransfer, { state, sha256, path, detail, error }: TransferEnd): Promise<void> {
    const end = {
      state,
      sha256: sha256 ?? row.sha256,
      path: path ?? row.path,
      finished_at: this.clock.now().toISOString(),
    };
    const isFirst = await this.database.transaction(async (tx) => {
      if (!(await endTransfer(tx, row.id, end))) return false;
      await this.audit.record(tx, {
        action: row.direction === "download" ? "files.downloaded" : "files.uploaded",
        outcome: (state === "finished" ? "succeeded" : "failed") satisfies AuditOutcome,
        actor: auditActor(actor),
        object: { kind: row.kind, id: row.id, name: end.path.toWellFormed() },
        session: row.session,
        detail: {
          path: end.path.toWellFormed(),
          sizeBytes: row.size_bytes,
          sha256: end.sha256,
          state,
          code: error?.code,
          ...detail,
        },
      });
      return true;
    });
    if (isFirst) link.log("files", sessionText({ ...row, ...end }, actor, error));
  }
}

/** A slice of 8 MiB over a poor line. */
const SLICE_TIMEOUT_MS = 10 * 60_000;

function sessionText(row: TransferRow, actor: Actor, error: AppError | undefined): string {
  if (row.state !== "finished") return endedText(actor.displayName, row, error?.message);
  return row.direction === "download" ? downloadedText(actor.displayName, row) : uploadedText(actor.displayName, row);
}

/** The state of a file a download was made for. */
export function fileOf({ path, version, size_bytes }: TransferRow): FileState {
  return { path, version, sizeBytes: size_bytes };
}

/**
 * How long the slice at this offset is.
 * @throws {AppError} request.invalid where no slice begins.
 */
export function sliceLength({ size_bytes }: TransferRow, offset: number): number {
  if (Number.isSafeInteger(offset) && offset >= 0 && offset % SLICE_BYTES === 0 && offset < size_bytes)
    return Math.min(SLICE_BYTES, size_bytes - offset);
  throw new AppError("request.invalid", "No part of this file begins there. Begin the transfer again.");
}

function isQuestion(error: AppError): boolean {
  return error.code === "file.exists" || error.code === "file.in_use" || error.code === "file.is_directory";
}

function ended(): AppError {
  return new AppError("transfer.unknown", "This upload has ended. Begin a new one.");
}

function requireSameUpload(row: TransferRow | null, { directory, name, sizeBytes }: NewUpload): void {
  if (row === null) return;
  const path = directory === "/" ? `/${name}` : `${directory}/${name}`;
  if (row.state !== "open") throw ended();
  if (row.path !== path || row.size_bytes !== sizeBytes)
    throw new AppError("request.conflict", "This upload is of another file. Begin a new one.");
}
