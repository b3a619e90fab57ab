import { expect, test } from "bun:test";
import { parseThemePreference, resolveTheme, themeLabel, themePreferences } from "./theme.ts";

test("each preference gives its colours, and system gives the device's", () => {
  expect(themePreferences).toEqual(["system", "light", "dark"]);
  expect(resolveTheme("light", true)).toBe("light");
  expect(resolveTheme("dark", false)).toBe("dark");
  expect(resolveTheme("system", true)).toBe("dark");
  expect(resolveTheme("system", false)).toBe("light");
});

test("system says what it stands for just now", () => {
  expect(themeLabel("system", true)).toBe("System (currently dark)");
  expect(themeLabel("system", false)).toBe("System (currently light)");
  expect(themeLabel("dark", false)).toBe("Dark");
});

test("what was stored by nobody or by another program is system", () => {
  for (const stored of [null, "", "DARK", "sepia"]) expect(parseThemePreference(stored)).toBe("system");
  expect(parseThemePreference("dark")).toBe("dark");
});
