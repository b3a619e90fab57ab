/** What one can do from anywhere in administration. */
import type { PaletteItem } from "../../kit/CommandPalette.svelte";
import { theme } from "../../kit/theme.svelte.ts";
import { themePreferences } from "../../kit/theme.ts";
import { launchConsole } from "../launch-console.ts";
import { telling } from "../status/telling.svelte.ts";
import { logOut } from "../log-out.ts";
import { visitor } from "../visitor.svelte.ts";

function command(title: string, keywords: string, run: () => void): PaletteItem {
  return { key: `command ${title}`, title, detail: "", keywords, action: "Run", run };
}

/** The commands one may run. */
export function administrationCommands(): readonly PaletteItem[] {
  const themes = themePreferences.map((preference) =>
    command(`Theme: ${theme.label(preference)}`, "colour dark light mode", () => theme.choose(preference)),
  );
  const launch = command("Launch web rep console", "sessions jump", () => void launchConsole());
  const tell = command("Tell everybody", "announcement message say maintenance", () => void (telling.isOpen = true));
  return [
    ...(visitor.can("console.use") ? [launch] : []),
    ...(visitor.can("announcements.make") ? [tell] : []),
    ...themes,
    command("Log out", "sign out exit", () => void logOut()),
  ];
}
