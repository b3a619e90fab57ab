/** Screen, input, clipboard and system information. */
import { Type } from "@sinclair/typebox";
import { SystemFigures } from "./agent.ts";
import { tool, toolEvent } from "./message.ts";

/** A monitor's place in the layout, or "all". */
const MonitorChoice = Type.Union([Type.Literal("all"), Type.Integer({ minimum: 0, maximum: 15 })]);

/** The longest clipboard text either way, in UTF-16 code units. Longer text is refused with a clear word, not cut. */
export const MAX_CLIPBOARD_CHARACTERS = 150_000;
const ClipboardText = Type.String({ maxLength: MAX_CLIPBOARD_CHARACTERS });
const Channel = Type.Integer({ minimum: 1, maximum: 0xffff_ffff });

export const screenTools = {
  "screen.open": tool({
    access: "screen.view",
    lane: "interactive",
    opens: "screen",
    params: Type.Object({ monitor: MonitorChoice }),
    reply: "screen.opened",
    result: Type.Object({}),
    audit: "screen.opened",
  }),
  "screen.select": tool({
    access: "screen.view",
    lane: "interactive",
    opens: null,
    params: Type.Object({ screenChannel: Channel, monitor: MonitorChoice }),
    reply: "screen.selected",
    result: Type.Object({}),
    audit: null,
  }),
  /** Asks for a whole picture: the viewer has lost its own. */
  "screen.refresh": tool({
    access: "screen.view",
    lane: "interactive",
    opens: null,
    params: Type.Object({ screenChannel: Channel }),
    reply: "screen.refreshed",
    result: Type.Object({}),
    audit: null,
  }),
  "input.open": tool({
    access: "screen.control",
    lane: "interactive",
    opens: "input",
    params: Type.Object({}),
    reply: "input.opened",
    result: Type.Object({}),
    audit: "input.opened",
  }),
  "clipboard.send": tool({
    access: "clipboard.send",
    lane: "interactive",
    opens: null,
    params: Type.Object({ text: ClipboardText }),
    reply: "clipboard.sent",
    result: Type.Object({}),
    audit: "clipboard.sent",
  }),
  "clipboard.fetch": tool({
    access: "clipboard.fetch",
    lane: "interactive",
    opens: null,
    params: Type.Object({}),
    reply: "clipboard.fetched",
    result: Type.Object({ text: ClipboardText }),
    audit: "clipboard.fetched",
  }),
  "sysinfo.get": tool({
    access: "sysinfo.view",
    lane: "interactive",
    opens: null,
    params: Type.Object({}),
    reply: "sysinfo.got",
    result: Type.Object({
      takenAt: Type.String({ maxLength: 40 }),
      /** Absent: an agent that measures nothing. */
      figures: Type.Optional(SystemFigures),
      sections: Type.Array(
        Type.Object({
          title: Type.String({ maxLength: 100 }),
          /** Column heads; two columns named "" are shown as name and value. */
          columns: Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 8 }),
          rows: Type.Array(Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 8 }), { maxItems: 2000 }),
        }),
        { maxItems: 64 },
      ),
    }),
    audit: "sysinfo.viewed",
  }),
};

export const screenEvents = {
  /** The remote clipboard holds new text; nobody sees it before asking for it. */
  "clipboard.changed": toolEvent({ access: "clipboard.fetch", schema: Type.Object({}) }),
};
