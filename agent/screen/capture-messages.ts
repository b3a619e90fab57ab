/** What the agent and the program that shares the screen say to each other. */
import type { ErrorCode } from "../../protocol/errors.ts";
import type { DisplayAddress } from "../x11/connection.ts";

export type MonitorChoice = number | "all";

/** To the program. */
export type CaptureCommand =
  /** A display that is awaited was there a moment ago; without it, none is a refusal. */
  | { readonly kind: "start"; readonly displays: readonly DisplayAddress[]; readonly isAwaited: boolean }
  | { readonly kind: "displays"; readonly displays: readonly DisplayAddress[] }
  | { readonly kind: "open"; readonly viewer: number; readonly monitor: MonitorChoice }
  | { readonly kind: "select"; readonly viewer: number; readonly monitor: MonitorChoice }
  | { readonly kind: "refresh"; readonly viewer: number }
  /** So many of the viewer's packets have been dealt with. */
  | { readonly kind: "acknowledged"; readonly viewer: number; readonly packets: number }
  | { readonly kind: "close"; readonly viewer: number };

/** From the program. */
export type CaptureReport =
  | { readonly kind: "started" }
  /** No display could be opened; nothing follows. */
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string }
  | {
      readonly kind: "packets";
      readonly viewers: readonly number[];
      readonly packets: readonly Uint8Array<ArrayBuffer>[];
    }
  /** The display has gone and is looked for: where is one now? */
  | { readonly kind: "displays-wanted" }
  /** It did not come back; nothing follows. */
  | { readonly kind: "lost"; readonly message: string };
