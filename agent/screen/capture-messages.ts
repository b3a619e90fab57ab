/** What the agent's main thread and the capture worker say to each other. */
import type { ErrorCode } from "../../protocol/errors.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import type { WakeHandle } from "../x11/wake.ts";

export type MonitorChoice = number | "all";

/** To the worker. Each message is followed by a byte in the wake pipe, for the worker sleeps in poll(). */
export type CaptureCommand =
  | { readonly kind: "start"; readonly wake: WakeHandle; readonly displays: readonly DisplayAddress[] }
  | { readonly kind: "displays"; readonly displays: readonly DisplayAddress[] }
  | { readonly kind: "open"; readonly viewer: number; readonly monitor: MonitorChoice }
  | { readonly kind: "select"; readonly viewer: number; readonly monitor: MonitorChoice }
  | { readonly kind: "refresh"; readonly viewer: number }
  /** So many of the viewer's packets have been dealt with. */
  | { readonly kind: "acknowledged"; readonly viewer: number; readonly packets: number }
  | { readonly kind: "close"; readonly viewer: number }
  | { readonly kind: "stop" };

/** From the worker. */
export type CaptureReport =
  | { readonly kind: "started" }
  /** No display could be opened; the worker ends. */
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string }
  | {
      readonly kind: "packets";
      readonly viewers: readonly number[];
      readonly packets: readonly Uint8Array<ArrayBuffer>[];
    }
  /** The display has gone and the worker looks for it: where is one now? */
  | { readonly kind: "displays-wanted" }
  /** It did not come back; the worker ends. */
  | { readonly kind: "lost"; readonly message: string };
