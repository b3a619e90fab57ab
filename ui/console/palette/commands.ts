import type { PaletteItem } from "../../kit/CommandPalette.svelte";
import { theme } from "../../kit/theme.svelte.ts";
import { themePreferences } from "../../kit/theme.ts";
import type { ConsoleApp } from "../console-app.svelte.ts";
import { home } from "../place.ts";
import { stonesOf } from "../session/session-words.ts";

function command(
  title: string,
  run: () => void,
  beside: { keys?: string; keywords?: string; detail?: string } = {},
): PaletteItem {
  return { key: `command ${title}`, title, detail: "", action: "Run", run, ...beside };
}

/** What one can do from anywhere in the console. */
export function commandsOf(app: ConsoleApp): readonly PaletteItem[] {
  const themes = themePreferences.map((preference) =>
    command(`Theme: ${theme.label(preference)}`, () => void app.changePreferences({ theme: preference }), {
      keywords: "colour dark light mode",
    }),
  );
  return [
    command("Go to Jump Items", () => app.go(home), { keys: "G J", keywords: "home list" }),
    ...themes,
    command("Preferences", () => void (app.overlay = "preferences"), { keywords: "settings density" }),
    command("Keyboard shortcuts", () => void (app.overlay = "shortcuts"), { keys: "?", keywords: "help keys" }),
    command("Log out", () => void app.logOut(), { keywords: "sign out exit" }),
  ];
}

/** The sessions one is in, as places to go to. */
export function sessionEntries(app: ConsoleApp): readonly PaletteItem[] {
  return [...app.sessions.values()].map(({ view }) => ({
    key: `session ${view.session}`,
    title: view.name,
    detail: view.operatingSystem,
    keywords: view.hostName,
    action: "Show session",
    stones: stonesOf(view.state).state,
    isMono: true,
    run: () => app.go({ kind: "session", session: view.session }),
  }));
}
