import { toolEvents } from "../../protocol/messages.ts";
import type { ParsedToolEvent } from "../../protocol/parse.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";
import type { GatewayAccess } from "./access.ts";
import type { ConsoleSockets } from "./console-sockets.ts";
import { toolFrame } from "./control-frame.ts";

/** Hands what an agent's tool tells of itself to every participant who may know it. */
export class ToolEvents {
  constructor(
    private readonly consoles: ConsoleSockets,
    private readonly access: GatewayAccess,
  ) {}

  spread(session: LiveSession, event: ParsedToolEvent): void {
    const frame = toolFrame({ ...event.body, type: event.type, session: session.id });
    const needed = toolEvents[event.type].access;
    for (const { representative } of session.model.participants)
      for (const console of this.consoles.of(representative))
        if (this.access.allowsIn(console.actor, needed, session)) console.send(frame);
  }
}
