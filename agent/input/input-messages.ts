/** What the agent and the program that types and clicks say to each other. */
import type { ErrorCode } from "../../protocol/errors.ts";
import type { DisplayAddress } from "../x11/connection.ts";

export type InputCommand =
  | { readonly kind: "start"; readonly displays: readonly DisplayAddress[] }
  /** One data frame of a viewer's input channel. */
  | { readonly kind: "input"; readonly viewer: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The viewer's channel is gone. */
  | { readonly kind: "close"; readonly viewer: number };

export type InputReport =
  | { readonly kind: "started" }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: "consumed"; readonly viewer: number; readonly byteCount: number }
  /** These bytes are no input. */
  | { readonly kind: "malformed"; readonly viewer: number }
  /** The display has gone; nothing follows. */
  | { readonly kind: "lost" };
