import type { Presence } from "../../protocol/session-policy.ts";
import type { Policies } from "./policies.ts";

/** What a Jump Client tells of who is there; null: it cannot know. */
export interface PresenceFacts {
  readonly signedInUsers: readonly string[];
  readonly isScreenLocked: boolean | null;
  readonly isScreenSaverOn: boolean | null;
}

/** Somebody is there when signed in and, where the site looks at the screen, it is neither locked nor saved (JUMP-32). */
export function presenceOf(facts: PresenceFacts, { usesScreenState }: Pick<Policies, "usesScreenState">): Presence {
  if (facts.signedInUsers.length === 0) return "absent";
  const isHidden = facts.isScreenLocked === true || facts.isScreenSaverOn === true;
  return usesScreenState && isHidden ? "absent" : "present";
}
