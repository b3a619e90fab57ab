import type { Shortcut } from "../../kit/shortcuts.ts";
import type { ConsoleApp } from "../console-app.svelte.ts";
import { home } from "../place.ts";

/** Shortcuts that work everywhere in the console. */
export function frameShortcuts(app: ConsoleApp): readonly Shortcut[] {
  const tab = (number: number): Shortcut => ({
    keys: `Alt ${number}`,
    label: number === 1 ? "Home" : `Session tab ${number - 1}`,
    scope: "everywhere",
    worksInFields: true,
    run: () => showTab(app, number),
  });
  return [
    {
      keys: "Ctrl K",
      label: "Search or run a command",
      scope: "everywhere",
      worksInFields: true,
      run: () => void (app.overlay = "palette"),
    },
    { keys: "?", label: "All shortcuts", scope: "everywhere", run: () => void (app.overlay = "shortcuts") },
    { keys: "G J", label: "Go to Jump Items", scope: "everywhere", run: () => app.go(home) },
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(tab),
  ];
}

/** The first tab is Home; a number without a tab is no shortcut. */
function showTab(app: ConsoleApp, number: number): boolean {
  const session = [...app.sessions.keys()][number - 2];
  if (number > 1 && session === undefined) return false;
  app.go(session === undefined ? home : { kind: "session", session });
  return true;
}
