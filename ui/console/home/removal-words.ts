/** What the dialog says before Jump Clients are removed; pure. */
import type { JumpItemRow } from "../../../protocol/api/console.ts";
import { plural } from "../../languages/plural.ts";

export interface RemovalWords {
  readonly title: string;
  readonly text: string;
  /** The button. */
  readonly action: string;
}

/** `rows` are those whose state is known; `count` is how many are removed. */
export function removalWords(rows: readonly Pick<JumpItemRow, "name" | "status">[], count: number): RemovalWords {
  const only = count === 1 ? rows[0] : undefined;
  const what = only === undefined ? plural(count, ["# Jump Client", "# Jump Clients"]) : only.name;
  const inSession = rows.filter(({ status }) => status === "in-session").length;
  const uninstall =
    count === 1
      ? "It uninstalls from the computer; if that is offline, when it is next online."
      : "They uninstall from the computers; those that are offline, when they are next online.";
  const ends = inSession === 0 ? "" : ` ${endsText(inSession, count)}`;
  return {
    title: `Remove ${what}?`,
    text: uninstall + ends,
    action: `Remove ${plural(count, ["# Jump Client", "# Jump Clients"])}`,
  };
}

function endsText(inSession: number, count: number): string {
  if (count === 1) return "It is in session, and the session ends.";
  return plural(inSession, ["# is in session and its session ends.", "# are in session and their sessions end."]);
}
