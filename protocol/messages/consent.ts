/** Asking the customer: the server has the agent show a question, and the console sees that it waits (JUMP-13). */
import { type Static, Type } from "@sinclair/typebox";
import { ID_PATTERN } from "../ids.ts";
import { message } from "./message.ts";

const Text = (maxLength: number) => Type.String({ maxLength });
const Id = Type.String({ pattern: ID_PATTERN });
const Request = Type.Integer({ minimum: 1, maximum: 0x7fff_ffff });

/** What the computer says: a person answered, nobody did in time, or there is nobody to show it to. */
export const ConsentAnswer = Type.Union(
  (["allowed", "denied", "unanswered", "nobody"] as const).map((answer) => Type.Literal(answer)),
);
export type ConsentAnswer = Static<typeof ConsentAnswer>;

export const consentMessages = {
  /** Show this question. An agent that knows the permission words it itself, in the language of who sits there. */
  "consent.ask": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({
      consent: Id,
      siteName: Text(200),
      representative: Text(128),
      /** What is wished, in English: "View the screen". */
      wish: Text(200),
      permission: Type.Optional(Text(64)),
      /** The site's language, for a desktop that speaks none of ours. */
      language: Type.Optional(Text(16)),
      /** What silence means. */
      whenUnanswered: Type.Optional(Type.Union([Type.Literal("allow"), Type.Literal("deny")])),
      timeoutSeconds: Type.Integer({ minimum: 1, maximum: 600 }),
    }),
  }),
  /** The question is of no use any more. */
  "consent.withdraw": message({ from: ["server"], access: "anyone", schema: Type.Object({ consent: Id }) }),
  "consent.answered": message({
    from: ["agent"],
    access: "anyone",
    schema: Type.Object({ consent: Id, answer: ConsentAnswer }),
  }),
  /** What this representative asked for waits for the customer until then. */
  "consent.waiting": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({ session: Id, permission: Text(64), endsAt: Text(40) }),
  }),
  "consent.settled": message({
    from: ["server"],
    access: "anyone",
    schema: Type.Object({
      session: Id,
      permission: Text(64),
      outcome: Type.Union(
        (["allowed", "denied", "unanswered", "cancelled"] as const).map((outcome) => Type.Literal(outcome)),
      ),
    }),
  }),
  /** The representative waits no longer. */
  "consent.cancel": message({
    from: ["console"],
    access: "console.use",
    schema: Type.Object({ request: Request, session: Id, permission: Text(64) }),
  }),
};
