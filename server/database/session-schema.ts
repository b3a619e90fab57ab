/** The tables of support sessions, of who was in them and of what they carried; the rules of schema.ts hold. */
import type { Generated } from "kysely";

export interface SessionSchema {
  support_sessions: {
    id: string;
    jump_client: string;
    /** As they were when it began, so that a report stays true. */
    name: string;
    host_name: string;
    operating_system: string;
    state: string;
    owner: string;
    started_at: string;
    ended_at: string | null;
    end_reason: string | null;
    /** Decided when it started (JUMP-33). */
    presence: Generated<"present" | "absent">;
    ticket: Generated<string>;
    /** When its Jump Policy's schedule ends it. */
    schedule_ends_at: string | null;
  };
  session_participants: {
    session: string;
    representative: string;
    display_name: string;
    joined_at: string;
    left_at: string | null;
  };
  session_events: { sequence: Generated<number>; session: string; at: string; kind: string; text: string };
  transfers: {
    id: string;
    session: string;
    representative: string;
    direction: "download" | "upload";
    kind: "file" | "directory";
    path: string;
    name: string;
    size_bytes: number;
    version: string;
    conflict: string;
    verified_bytes: number;
    state: "open" | "finished" | "cancelled" | "failed";
    sha256: string | null;
    created_at: string;
    finished_at: string | null;
  };
}
