/** What /console works with beside its socket: Jump Items, transfers. */
import { type Static, Type } from "@sinclair/typebox";
import { CpuHours } from "../cpu-hours.ts";
import { Bytes32 } from "../hello.ts";
import { Conflict, FileName, Path } from "../messages/files.ts";
import { JumpClient } from "./administration.ts";
import { Id, NullableTime, pageFields, SearchText, Time } from "./common.ts";
import { JumpItemProperties } from "./jump-items.ts";
import { Named } from "./users.ts";
import { joined } from "../shapes.ts";

// Jump Items: GET /api/console/jump-items; GET …/:id; DELETE …/:id; GET /api/console/jump-groups; GET …/:id

export const JumpItemSort = Type.Union(
  (["name", "hostName", "status", "system", "tag", "jumpGroup", "signedIn", "lastAccessed", "comments"] as const).map(
    (name) => Type.Literal(name),
  ),
);
export type JumpItemSort = Static<typeof JumpItemSort>;

export const JumpItemQuery = Type.Object({
  /** Absent: every Jump Group one may see. */
  jumpGroup: Type.Optional(Id),
  tag: Type.Optional(Type.String({ maxLength: 64 })),
  /** Words, each to be found in name, host name, addresses, comments, tag, system or signed-in user. */
  search: Type.Optional(Type.String({ maxLength: 200 })),
  status: Type.Optional(Type.Union([Type.Literal("online"), Type.Literal("offline"), Type.Literal("in-session")])),
  frequent: Type.Optional(Type.Boolean()),
  sort: Type.Optional(JumpItemSort),
  descending: Type.Optional(Type.Boolean()),
  ...pageFields,
});
export type JumpItemQuery = Static<typeof JumpItemQuery>;

/** null: nothing is known of any of them. */
const NullableCpuHours = Type.Union([CpuHours, Type.Null()]);

/** What one row of the table shows. */
export const JumpItemRow = Type.Object({
  id: Id,
  name: Type.String(),
  hostName: Type.String(),
  status: Type.Union([Type.Literal("online"), Type.Literal("offline"), Type.Literal("in-session")]),
  statusSince: Time,
  /** Short: "Debian 12", "Win 11". */
  system: Type.String(),
  jumpMethod: Type.Literal("jump-client"),
  jumpGroup: Id,
  jumpGroupName: Type.String(),
  tag: Type.String(),
  comments: Type.String(),
  signedInUsers: Type.Array(Type.String()),
  isScreenLocked: Type.Union([Type.Boolean(), Type.Null()]),
  cpuPercent: Type.Union([Type.Number(), Type.Null()]),
  cpuHours: NullableCpuHours,
  lastAccessedAt: NullableTime,
});
export type JumpItemRow = Static<typeof JumpItemRow>;
export const JumpItemRows = Type.Object({
  rows: Type.Array(JumpItemRow),
  /** Rows that fit the whole query. */
  total: Type.Integer(),
  /** Rows that would fit without search and status, so that an empty list can say what hides them. */
  totalInPlace: Type.Integer(),
});

/** The detail panel. */
export const JumpItemDetail = joined(
  JumpClient,
  Type.Object({
    cpuHours: NullableCpuHours,
    /** The running session, if any, and who is in it; owner and participants by their display names. */
    session: Type.Union([
      Type.Object({
        id: Id,
        startedAt: Time,
        owner: Type.String(),
        participants: Type.Array(Type.String()),
        includesMe: Type.Boolean(),
      }),
      Type.Null(),
    ]),
    recentSessions: Type.Array(
      Type.Object({ id: Id, representative: Type.String(), startedAt: Time, endedAt: NullableTime }),
    ),
    /** What this representative may do with it. */
    permissions: Type.Array(Type.String()),
    properties: JumpItemProperties,
  }),
);
export type JumpItemDetail = Static<typeof JumpItemDetail>;

/** The first hundred Jump Groups by name, or those whose names hold the words. */
export const JumpGroupTreeQuery = Type.Object({ search: Type.Optional(SearchText), ...pageFields });
export type JumpGroupTreeQuery = Static<typeof JumpGroupTreeQuery>;
/** A Jump Group as the tree beside the Jump Items shows it. */
export const JumpGroupNode = Type.Object({
  id: Id,
  name: Type.String(),
  /** Whose personal list it is; absent: a Jump Group for many. */
  owner: Type.Optional(Named),
  /** Jump Items in it. */
  total: Type.Integer(),
});
export type JumpGroupNode = Static<typeof JumpGroupNode>;
export const JumpGroupTree = Type.Object({
  /** Jump Items one sees, whatever is looked for. */
  total: Type.Integer(),
  frequent: Type.Integer(),
  jumpGroups: Type.Array(JumpGroupNode),
  /** Jump Groups that fit, those on other pages too. */
  totalGroups: Type.Integer(),
});
export type JumpGroupTree = Static<typeof JumpGroupTree>;
/** GET /api/console/jump-groups/:id: one of them, opened. */
export const JumpGroupBranch = joined(
  JumpGroupNode,
  Type.Object({ tags: Type.Array(Type.Object({ tag: Type.String(), total: Type.Integer() })) }),
);
export type JumpGroupBranch = Static<typeof JumpGroupBranch>;

// Transfers, all below /api/console/sessions/:session
//   POST   /downloads {path}                    -> Download; the file or folder is looked at, nothing is sent yet
//   GET    /downloads/:id                       -> DownloadStatus, for a page whose browser saves the content by itself
//   GET    /downloads/:id/content               -> the bytes; Range, If-Range with the ETag; folders as one zip, no ranges
//   GET    /downloads/:id/slices/:offset        -> one slice; header content-digest: sha-256=:…:
//   GET    /downloads/:id/hash                  -> {sha256}
//   GET    /downloads/:id/entries?cursor        -> a page of a folder's files, each to be asked for by POST /downloads
//   DELETE /downloads/:id?outcome               -> done with it; the outcome goes to the transfers and the audit log
//   POST   /uploads {directory,name,…,conflict} -> Upload; the same body with `transfer` goes on with an earlier one
//   PUT    /uploads/:id/slices/:offset          -> Upload; header content-digest: sha-256=:…: ; body: the slice
//   POST   /uploads/:id/finish                  -> UploadFinished
//   DELETE /uploads/:id?outcome                 -> given up, nothing left behind

export const CreateDownload = Type.Object({ path: Path });
export const Download = Type.Object({
  id: Id,
  name: FileName,
  kind: Type.Union([Type.Literal("file"), Type.Literal("directory")]),
  sizeBytes: Type.Integer({ minimum: 0 }),
  modifiedAt: Time,
  version: Type.String(),
});
export type Download = Static<typeof Download>;
export const DownloadStatus = Type.Object({
  state: Type.Union([
    Type.Literal("open"),
    Type.Literal("finished"),
    Type.Literal("cancelled"),
    Type.Literal("failed"),
  ]),
  sha256: Type.Union([Bytes32, Type.Null()]),
});
/** How a transfer ended, as the browser that put it together from slices, or gave it up, knows. */
export const EndTransfer = Type.Object({
  outcome: Type.Union([Type.Literal("finished"), Type.Literal("cancelled"), Type.Literal("failed")]),
});
export const DownloadEntriesQuery = Type.Object({ cursor: Type.Optional(Type.String({ maxLength: 64 })) });
export const DownloadHash = Type.Object({ sha256: Bytes32 });
export const DownloadEntries = Type.Object({
  entries: Type.Array(
    Type.Object({
      path: Path,
      relativePath: Path,
      /** skipped: a link, a device or something unreadable; `message` says why. */
      kind: Type.Union([Type.Literal("file"), Type.Literal("directory"), Type.Literal("skipped")]),
      sizeBytes: Type.Integer(),
      message: Type.Optional(Type.String({ maxLength: 1000 })),
    }),
  ),
  next: Type.Union([Type.String(), Type.Null()]),
});

export const CreateUpload = Type.Object({
  transfer: Type.Optional(Id),
  directory: Path,
  name: FileName,
  sizeBytes: Type.Integer({ minimum: 0 }),
  modifiedAt: Type.Union([Time, Type.Null()]),
  conflict: Conflict,
});
export const Upload = Type.Object({ id: Id, verifiedBytes: Type.Integer({ minimum: 0 }), isSkipped: Type.Boolean() });
export type Upload = Static<typeof Upload>;
export const UploadFinished = Type.Object({ path: Path, sha256: Bytes32 });
