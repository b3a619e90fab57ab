import type { MenuEntry } from "./menu-entry.ts";
import { type ThemePreference, themePreferences } from "./theme.ts";
import { theme } from "./theme.svelte.ts";

/** The part of a menu where the page's theme is chosen. */
export function themeEntries(choose: (preference: ThemePreference) => void): MenuEntry[] {
  return [
    { heading: "Theme" },
    ...themePreferences.map((preference) => ({
      label: theme.label(preference),
      isChecked: theme.preference === preference,
      onSelect: () => choose(preference),
    })),
  ];
}
