/** Which colours a page shows, from what the person chose and what the device prefers. */

export type ThemePreference = "system" | "light" | "dark";
export type ResolvedTheme = "light" | "dark";
export type Density = "compact" | "cozy";

export const themePreferences: readonly ThemePreference[] = ["system", "light", "dark"];

/** The colours to show. */
export function resolveTheme(preference: ThemePreference, isDeviceDark: boolean): ResolvedTheme {
  if (preference === "system") return isDeviceDark ? "dark" : "light";
  return preference;
}

/** What a menu says of a preference; "system" tells what it stands for just now (PREF-03). */
export function themeLabel(preference: ThemePreference, isDeviceDark: boolean): string {
  if (preference === "system") return isDeviceDark ? "System (currently dark)" : "System (currently light)";
  return preference === "light" ? "Light" : "Dark";
}

/** Reads a stored preference; anything else than the three words is "system". */
export function parseThemePreference(stored: string | null): ThemePreference {
  return stored === "light" || stored === "dark" ? stored : "system";
}
