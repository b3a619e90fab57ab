/** Command shells. A shell outlives the channels that watch it; it ends with its process or its support session. */
import { Type } from "@sinclair/typebox";
import { ID_PATTERN } from "../ids.ts";
import { tool, toolEvent } from "./message.ts";

const ShellId = Type.String({ pattern: ID_PATTERN });
const Rows = Type.Integer({ minimum: 1, maximum: 1000 });
const Columns = Type.Integer({ minimum: 1, maximum: 1000 });
const Offset = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** The output kept for each shell, in bytes, so that a console which comes back misses nothing. */
export const SHELL_REPLAY_BYTES = 2 << 20;

export const shellTools = {
  /**
   * Opens a new shell, or with `shell` a further channel to a running one, whose output is sent again from
   * `outputOffset` (or from as far back as is kept). `writer` names this console tab; the reply says how many bytes of
   * its input the shell has taken, so that what was on its way when the connection broke is sent again, once.
   */
  "shell.open": tool({
    access: "shell.use",
    lane: "interactive",
    opens: "shell",
    params: Type.Object({
      rows: Rows,
      columns: Columns,
      writer: Type.String({ pattern: ID_PATTERN }),
      shell: Type.Optional(ShellId),
      outputOffset: Type.Optional(Offset),
    }),
    reply: "shell.opened",
    result: Type.Object({
      shell: ShellId,
      title: Type.String({ maxLength: 200 }),
      /** Offset of the first byte that will be sent; larger than asked for when older output is no longer kept. */
      outputOffset: Offset,
      inputOffset: Offset,
    }),
    audit: "shell.opened",
  }),
  "shell.list": tool({
    access: "shell.use",
    lane: "interactive",
    opens: null,
    params: Type.Object({}),
    reply: "shell.listed",
    result: Type.Object({
      shells: Type.Array(
        Type.Object({
          shell: ShellId,
          title: Type.String({ maxLength: 200 }),
          startedAt: Type.String({ maxLength: 40 }),
        }),
        { maxItems: 64 },
      ),
    }),
    audit: null,
  }),
  "shell.resize": tool({
    access: "shell.use",
    lane: "interactive",
    opens: null,
    params: Type.Object({ shell: ShellId, rows: Rows, columns: Columns }),
    reply: "shell.resized",
    result: Type.Object({}),
    audit: null,
  }),
  "shell.end": tool({
    access: "shell.use",
    lane: "interactive",
    opens: null,
    params: Type.Object({ shell: ShellId }),
    reply: "shell.ending",
    result: Type.Object({}),
    audit: "shell.ended",
  }),
};

export const shellEvents = {
  "shell.exited": toolEvent({
    access: "shell.use",
    schema: Type.Object({ shell: ShellId, exitCode: Type.Union([Type.Integer(), Type.Null()]) }),
  }),
};
