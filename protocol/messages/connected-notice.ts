/** The notice before a customer that says who is connected to their computer, and their way to end it (JUMP-13). */
import { type Static, Type } from "@sinclair/typebox";
import { ID_PATTERN } from "../ids.ts";
import { message } from "./message.ts";

const Text = (maxLength: number) => Type.String({ maxLength });
const Id = Type.String({ pattern: ID_PATTERN });

/** How the customer ended it: by its button, or by closing the notice in whatever other way. */
export const NoticeStop = Type.Union([Type.Literal("button"), Type.Literal("closed")]);
export type NoticeStop = Static<typeof NoticeStop>;

/** Representatives named in a notice; there are hardly ever two. */
export const MAX_NOTICE_NAMES = 16;

export const connectedNoticeMessages = {
  /** Stands until the support session is over. */
  "connected-notice.show": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({
      session: Id,
      siteName: Text(200),
      representatives: Type.Array(Text(128), { minItems: 1, maxItems: MAX_NOTICE_NAMES }),
      /** The site's language, for a desktop that speaks none of ours. */
      language: Text(16),
      /** false: only what a notice that stands there says now. A server that has restarted does not know of it. */
      mayAppear: Type.Boolean(),
    }),
  }),
  /** The customer wants the support session over. The agent has left it already. */
  "connected-notice.stopped": message({
    from: ["agent"],
    access: "anyone",
    schema: Type.Object({ session: Id, how: NoticeStop }),
  }),
};
