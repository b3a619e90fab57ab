/**
 * Bytes of files, between the server's HTTP routes and the agent, on the bulk lane. Asked by the server alone.
 *
 * A file is verified slice by slice: SLICE_BYTES (the last one shorter), each with its SHA-256, so that every byte is
 * proved from the browser's memory to the endpoint's disk and back, and a broken transfer goes on at a slice.
 */
import { Type } from "@sinclair/typebox";
import { Bytes32 } from "../hello.ts";
import { ID_PATTERN } from "../ids.ts";
import { Conflict, FileName, Path } from "./files.ts";
import { tool } from "./message.ts";

export const SLICE_BYTES = 8 << 20;

const Id = Type.String({ pattern: ID_PATTERN });
const Size = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const server = { access: null, lane: "bulk", audit: null } as const;

export const transferTools = {
  /** Looks at one file before it is sent. `version` changes with the file's size, time or identity. */
  "download.stat": tool({
    ...server,
    opens: null,
    params: Type.Object({ path: Path }),
    reply: "download.stated",
    result: Type.Object({
      name: FileName,
      kind: Type.Union([Type.Literal("file"), Type.Literal("directory")]),
      sizeBytes: Size,
      modifiedAt: Type.String({ maxLength: 40 }),
      version: Type.String({ maxLength: 128 }),
    }),
  }),
  /** Sends `length` bytes from `offset`; refused with file.changed when the file is no longer `version`. The reply comes
   *  first and carries the SHA-256 of the range if `length` is at most SLICE_BYTES; the channel closes after the last byte. */
  "download.read": tool({
    ...server,
    opens: "transfer",
    params: Type.Object({ path: Path, version: Type.String({ maxLength: 128 }), offset: Size, length: Size }),
    reply: "download.reading",
    result: Type.Object({ sha256: Type.Union([Bytes32, Type.Null()]) }),
  }),
  /** The SHA-256 of the whole file as it stands on the endpoint's disk. */
  "download.hash": tool({
    ...server,
    opens: null,
    params: Type.Object({ path: Path, version: Type.String({ maxLength: 128 }) }),
    reply: "download.hashed",
    result: Type.Object({ sha256: Bytes32 }),
  }),
  /** Walks a folder: every file and directory below it, paths relative with "/", a page at a time. */
  "download.walk": tool({
    ...server,
    opens: null,
    params: Type.Object({ path: Path, cursor: Type.Optional(Type.String({ maxLength: 64 })) }),
    reply: "download.walked",
    result: Type.Object({
      entries: Type.Array(
        Type.Object({
          relativePath: Path,
          /** skipped: a link, a device or something unreadable; `message` says why. Links are never followed. */
          kind: Type.Union([Type.Literal("file"), Type.Literal("directory"), Type.Literal("skipped")]),
          sizeBytes: Size,
          modifiedAt: Type.String({ maxLength: 40 }),
          version: Type.String({ maxLength: 128 }),
          message: Type.Optional(Type.String({ maxLength: 1000 })),
        }),
        { maxItems: 1000 },
      ),
      next: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
    }),
  }),
  /** Begins an upload, or with the id of one already begun says how far it is. Nothing stands under the final name yet. */
  "upload.begin": tool({
    ...server,
    opens: null,
    params: Type.Object({
      transfer: Id,
      directory: Path,
      name: FileName,
      sizeBytes: Size,
      modifiedAt: Type.Union([Type.String({ maxLength: 40 }), Type.Null()]),
      conflict: Conflict,
    }),
    reply: "upload.begun",
    result: Type.Object({
      /** Every byte before this one is on disk and verified. */
      verifiedBytes: Size,
      /** true: the conflict answer was "skip" and the name is taken; nothing is to be sent. */
      isSkipped: Type.Boolean(),
    }),
  }),
  /** Writes one slice; the reply comes when it is verified and written. */
  "upload.slice": tool({
    ...server,
    opens: "transfer",
    params: Type.Object({
      transfer: Id,
      offset: Size,
      length: Type.Integer({ minimum: 1, maximum: SLICE_BYTES }),
      sha256: Bytes32,
    }),
    reply: "upload.slice-verified",
    result: Type.Object({ verifiedBytes: Size }),
  }),
  /** Puts the whole file under its final name: flushed, then renamed. */
  "upload.finish": tool({
    ...server,
    opens: null,
    params: Type.Object({ transfer: Id }),
    reply: "upload.finished",
    result: Type.Object({ path: Path, sha256: Bytes32 }),
  }),
  /** Removes what was written of it. */
  "upload.discard": tool({
    ...server,
    opens: null,
    params: Type.Object({ transfer: Id }),
    reply: "upload.discarded",
    result: Type.Object({}),
  }),
};
