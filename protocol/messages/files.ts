/**
 * Files on the remote computer. A path is the endpoint's own absolute path. Bytes that are not UTF-8 stand in it as lone
 * surrogates U+DC80 to U+DCFF (as Python's surrogateescape does), which JSON carries unharmed; so every name can be
 * listed, fetched, renamed and deleted.
 */
import { Type } from "@sinclair/typebox";
import { tool } from "./message.ts";

export const MAX_PATH_CHARACTERS = 4096;
export const Path = Type.String({ minLength: 1, maxLength: MAX_PATH_CHARACTERS });
export const FileName = Type.String({ minLength: 1, maxLength: 255 });
const Paths = Type.Array(Path, { minItems: 1, maxItems: 1000 });
const Size = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** What to do where something of that name is already there. */
export const Conflict = Type.Union([
  Type.Literal("refuse"),
  Type.Literal("overwrite"),
  Type.Literal("keep-both"),
  Type.Literal("skip"),
]);

export const FileEntry = Type.Object({
  name: FileName,
  kind: Type.Union([Type.Literal("file"), Type.Literal("directory"), Type.Literal("link"), Type.Literal("other")]),
  /** Of a link: what it leads to, "broken" if nowhere. */
  target: Type.Optional(
    Type.Union([Type.Literal("file"), Type.Literal("directory"), Type.Literal("other"), Type.Literal("broken")]),
  ),
  sizeBytes: Size,
  modifiedAt: Type.String({ maxLength: 40 }),
  isHidden: Type.Boolean(),
  isReadOnly: Type.Boolean(),
});

const Failure = Type.Object({
  path: Path,
  code: Type.String({ maxLength: 64 }),
  message: Type.String({ maxLength: 1000 }),
});

/** How a request over many files went. At most 100 failures are named; `failed` counts all. */
const Outcome = Type.Object({
  succeeded: Size,
  skipped: Size,
  failed: Size,
  failures: Type.Array(Failure, { maxItems: 100 }),
  wasCancelled: Type.Boolean(),
});

const bulk = { lane: "bulk", opens: null } as const;

export const fileTools = {
  "files.volumes": tool({
    ...bulk,
    access: "files.browse",
    params: Type.Object({}),
    reply: "files.volumes-listed",
    result: Type.Object({
      volumes: Type.Array(
        Type.Object({
          path: Path,
          label: Type.String({ maxLength: 255 }),
          totalBytes: Size,
          freeBytes: Size,
          isReadOnly: Type.Boolean(),
        }),
        { maxItems: 64 },
      ),
      shortcuts: Type.Array(
        Type.Object({ path: Path, label: Type.String({ maxLength: 64 }), icon: Type.String({ maxLength: 32 }) }),
        {
          maxItems: 32,
        },
      ),
    }),
    audit: null,
  }),
  /** One page of a directory in the agent's order; `next` continues it. */
  "files.list": tool({
    ...bulk,
    access: "files.browse",
    params: Type.Object({ path: Path, cursor: Type.Optional(Type.String({ maxLength: 64 })) }),
    reply: "files.listed",
    result: Type.Object({
      path: Path,
      parent: Type.Union([Path, Type.Null()]),
      entries: Type.Array(FileEntry, { maxItems: 1000 }),
      next: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
    }),
    audit: null,
  }),
  "files.make-directory": tool({
    ...bulk,
    access: "files.change",
    params: Type.Object({ directory: Path, name: FileName, mayExist: Type.Optional(Type.Boolean()) }),
    reply: "files.directory-made",
    result: Type.Object({ path: Path }),
    audit: "files.directory-made",
  }),
  "files.rename": tool({
    ...bulk,
    access: "files.change",
    params: Type.Object({ path: Path, name: FileName }),
    reply: "files.renamed",
    result: Type.Object({ path: Path }),
    audit: "files.renamed",
  }),
  "files.delete": tool({
    ...bulk,
    access: "files.delete",
    params: Type.Object({ paths: Paths }),
    reply: "files.deleted",
    result: Outcome,
    audit: "files.deleted",
  }),
  "files.copy": tool({
    ...bulk,
    access: "files.change",
    params: Type.Object({ paths: Paths, directory: Path, conflict: Conflict }),
    reply: "files.copied",
    result: Outcome,
    audit: "files.copied",
  }),
  "files.move": tool({
    ...bulk,
    access: "files.change",
    params: Type.Object({ paths: Paths, directory: Path, conflict: Conflict }),
    reply: "files.moved",
    result: Outcome,
    audit: "files.moved",
  }),
};
