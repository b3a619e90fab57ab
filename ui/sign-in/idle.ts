/** When an idle sign-in ends. */

/** So long before, a page asks. */
export const WARN_BEFORE_MS = 30_000;
/** Whoever uses a page that asks nothing of the server is told to it at most this often. */
export const TOUCH_AFTER_MS = 60_000;

/** How long a sign-in still holds if nothing more happens, in ms; negative when it is over. */
export function idleLeftMs(lastRequestAtMs: number, nowMs: number, idleSignOutMinutes: number): number {
  return lastRequestAtMs + idleSignOutMinutes * 60_000 - nowMs;
}
