/** What the agent and the program that has the clipboard say to each other. */
import type { ErrorCode } from "../../protocol/errors.ts";
import type { DisplayAddress } from "../x11/connection.ts";

export type ClipboardCommand =
  | { readonly kind: "start"; readonly displays: readonly DisplayAddress[] }
  | { readonly kind: "send"; readonly request: number; readonly text: string }
  | { readonly kind: "fetch"; readonly request: number };

export type ClipboardReport =
  /** `text` of what was asked for; "" for a send. */
  | { readonly kind: "answered"; readonly request: number; readonly text: string }
  | { readonly kind: "refused"; readonly request: number; readonly code: ErrorCode; readonly message: string }
  /** Somebody at the remote computer has copied something. */
  | { readonly kind: "changed" }
  /** There is no display, or it has gone; nothing follows. */
  | { readonly kind: "ended"; readonly code: ErrorCode; readonly message: string };
