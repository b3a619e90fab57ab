/**
 * The wire's version: a whole number that both sides say in their hello. Behaviour asks capabilities, never this.
 *
 * - 1 (2026-11-21): first release.
 */
export const PROTOCOL_VERSION = 1;

/** What a peer can do beyond the first release. An unknown name is ignored. */
export type Capability =
  | "screen.x11"
  | "input.x11"
  | "clipboard.text"
  | "shell.pty"
  | "files"
  | "sysinfo"
  | "consent.x11"
  | "connected-notice.x11";
