/** What the gateway's sockets may hold, and the codes they are closed with. */
import { MAX_FRAME_BYTES } from "../../protocol/frame.ts";

/** WebSocket close codes; 4000 to 4999 are ours. The reason is an error code of protocol/errors.ts. */
export const closeCodes = {
  /** The peer broke the protocol or did not prove itself. */
  policy: 1008,
  /** The server stops. */
  goingAway: 1001,
  /** The same Jump Client or lane came by a newer connection. */
  replaced: 4000,
  /** The support session of this lane is over. */
  ended: 1000,
  /** The sign-in this socket came by is over. */
  signedOut: 4001,
  /** The peer does not read what it is sent. */
  tooSlow: 4002,
} as const;

/** What may wait for a console that reads slowly: a whole screen window and half as much again. Past it the channel ends. */
export const MAX_CONSOLE_BUFFERED_BYTES = 12 << 20;
/** With so much waiting not even a control message is taken: the console is closed and comes back for the whole state. */
export const MAX_CONSOLE_CONTROL_BUFFERED_BYTES = 15 << 20;
/** What may wait for an agent's lane. Past it the channel whose frame was one too many ends. */
export const MAX_LANE_BUFFERED_BYTES = 12 << 20;
/** The server's own transfers wait while so much is on its way to a lane, and go on when it has drained. */
export const LANE_BUSY_BYTES = 512 << 10;
/** What may wait for an agent's standing connection: it carries only small messages. */
export const MAX_AGENT_BUFFERED_BYTES = 2 * MAX_FRAME_BYTES;
/** Requests one console may have open at once. */
export const MAX_REQUESTS_PER_CONSOLE = 256;
/** Messages of one console that are being dealt with at once; those past it are refused. */
export const MAX_MESSAGES_IN_FLIGHT = 64;
/** Channels one console may have open at once. */
export const MAX_CHANNELS_PER_CONSOLE = 128;
/** Sockets one representative may have open at once: browser tabs. */
export const MAX_CONSOLES_PER_REPRESENTATIVE = 16;
/** Messages that cannot be read before a proved peer is shut out. */
export const MAX_BAD_MESSAGES = 32;
