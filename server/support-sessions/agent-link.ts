/** What the server's own rooms may ask of the agent in a running support session. The gateway provides it. */
import type { SupportSessionId } from "../../protocol/ids.ts";
import type { ToolParams, ToolResult, ToolType } from "../../protocol/messages.ts";
import type { SessionPermission } from "../../protocol/permissions.ts";
import type { Actor } from "../actor.ts";

/** The server's end of a channel on the bulk lane. Whoever opens one disposes it, which closes it at the agent. */
export interface ServerChannel extends Disposable {
  /**
   * Sends bytes; resolves when the credit for them has been taken, so awaiting it is the backpressure.
   * @throws {AppError} channel.lost when the lane or the channel is gone.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Bytes from the agent, in order; ends when the agent closes the channel; credit goes back as they are taken.
   *  @throws {AppError} channel.lost, or the agent's reason. */
  readonly incoming: AsyncIterable<Uint8Array>;
}

export interface AgentAnswer<T extends ToolType> {
  readonly result: ToolResult<T>;
  /** Present where the tool opens one. */
  readonly channel: ServerChannel | null;
}

/**
 * One running support session as server/file-transfers sees it.
 * INVARIANT: it was made for one permission, which is asked again with each use; its channels close when it is gone.
 */
export interface AgentLink {
  readonly session: SupportSessionId;
  /**
   * Asks the agent's tool and waits for its reply. With `upTo` the channel is handed over at once, before the reply, so
   * that the body of a slice can be written while the agent waits for it.
   * @throws {AppError} permission.denied, agent.offline, channel.lost, agent.timeout, or the agent's own refusal.
   */
  ask<T extends ToolType>(
    type: T,
    params: ToolParams<T>,
    options?: {
      readonly signal?: AbortSignal;
      readonly timeoutMs?: number;
      /** Called with the channel as soon as it exists, for tools that open one. */
      readonly onChannel?: (channel: ServerChannel) => void;
    },
  ): Promise<AgentAnswer<T>>;
  /** Writes a line of the session's log and shows it to every participant. */
  log(kind: "files", text: string): void;
}

export interface AgentLinks {
  /**
   * The link of a running session in which the actor takes part and holds the permission.
   * @throws {AppError} session.unknown, session.ended, session.not_participant, permission.denied, agent.offline.
   */
  linkFor(session: string, actor: Actor, permission: SessionPermission): AgentLink;
}
