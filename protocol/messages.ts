/**
 * Every control message and every tool of a support session, once. From these tables come the types, the parser, the
 * access asked at the gateway, and the tables of docs/protocol.md.
 */
import type { Static } from "@sinclair/typebox";
import { agentMessages } from "./messages/agent.ts";
import { connectedNoticeMessages } from "./messages/connected-notice.ts";
import { consentMessages } from "./messages/consent.ts";
import { fileTools } from "./messages/files.ts";
import type { Peer } from "./messages/message.ts";
import { screenEvents, screenTools } from "./messages/screen.ts";
import { consoleMessages } from "./messages/session.ts";
import { shellEvents, shellTools } from "./messages/shell.ts";
import { transferTools } from "./messages/transfers.ts";

export type { MessageSpec, Peer } from "./messages/message.ts";

export const messages = { ...agentMessages, ...consoleMessages, ...consentMessages, ...connectedNoticeMessages };
export const tools = { ...shellTools, ...screenTools, ...fileTools, ...transferTools };
export const toolEvents = { ...shellEvents, ...screenEvents };

export type MessageType = keyof typeof messages;
export type MessageBody<T extends MessageType> = Static<(typeof messages)[T]["schema"]>;
/** One message as it is sent: its type beside its body. */
export type Message<T extends MessageType = MessageType> = { [K in T]: { readonly type: K } & MessageBody<K> }[T];
/** The types a peer may send. */
export type MessageTypeFrom<P extends Peer> = {
  [T in MessageType]: P extends (typeof messages)[T]["from"][number] ? T : never;
}[MessageType];
/** One handler for each message a peer can send; a missing one does not compile. */
export type Handlers<P extends Peer, Context = void, Except extends MessageType = never> = {
  [T in Exclude<MessageTypeFrom<P>, Except>]: (body: MessageBody<T>, context: Context) => void | Promise<void>;
};

export type ToolType = keyof typeof tools;
export type ToolParams<T extends ToolType> = Static<(typeof tools)[T]["params"]>;
export type ToolResult<T extends ToolType> = Static<(typeof tools)[T]["result"]>;
/** The tools a console may ask for; the rest are the server's own. */
export type ConsoleToolType = { [T in ToolType]: (typeof tools)[T]["access"] extends null ? never : T }[ToolType];

export type ToolEventType = keyof typeof toolEvents;
export type ToolEventBody<T extends ToolEventType> = Static<(typeof toolEvents)[T]["schema"]>;
