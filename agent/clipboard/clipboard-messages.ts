/** What the agent's main thread and the clipboard worker say to each other. */
import type { ErrorCode } from "../../protocol/errors.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import type { WakeHandle } from "../x11/wake.ts";

/** To the worker. Each message is followed by a byte in the wake pipe, for the worker sleeps in poll(). */
export type ClipboardCommand =
  | { readonly kind: "start"; readonly wake: WakeHandle; readonly displays: readonly DisplayAddress[] }
  | { readonly kind: "send"; readonly request: number; readonly text: string }
  | { readonly kind: "fetch"; readonly request: number }
  | { readonly kind: "stop" };

export type ClipboardReport =
  /** `text` of what was asked for; "" for a send. */
  | { readonly kind: "answered"; readonly request: number; readonly text: string }
  | { readonly kind: "refused"; readonly request: number; readonly code: ErrorCode; readonly message: string }
  /** Somebody at the remote computer has copied something. */
  | { readonly kind: "changed" }
  /** There is no display, or it has gone; the worker ends. */
  | { readonly kind: "ended"; readonly code: ErrorCode; readonly message: string };
