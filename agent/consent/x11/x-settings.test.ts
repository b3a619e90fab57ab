import { expect, test } from "bun:test";
import { isDarkTheme, parseXSettings } from "./x-settings.ts";

/** Little-endian: an integer, a colour, the theme's name. */
const bytes = Uint8Array.fromHex(
  [
    "00000000 01000000 03000000",
    "00000700 5866742f44504900 00000000 00800100",
    "02000100 61000000 00000000 0102030405060708",
    "01000d00 4e65742f5468656d654e616d65000000 00000000 0c000000 416477616974612d6461726b",
  ]
    .join("")
    .replaceAll(" ", ""),
);

test("the theme's name is read past settings of other kinds, and says whether it is dark", () => {
  const settings = parseXSettings(bytes);
  expect([...settings]).toEqual([["Net/ThemeName", "Adwaita-dark"]]);
  expect(isDarkTheme(settings)).toBe(true);
  for (const [name, isDark] of [
    ["Breeze-Dark", true],
    ["Yaru-dark", true],
    ["HighContrastInverse", true],
    ["Adwaita", false],
    ["Darkroom", false],
  ] as const)
    expect([name, isDarkTheme(new Map([["Net/ThemeName", name]]))]).toEqual([name, isDark]);
  expect(isDarkTheme(new Map())).toBe(false);
});

test("settings that end early, or lie about their lengths, are read as far as they go", () => {
  for (let length = 0; length < bytes.length; length += 1)
    expect(parseXSettings(bytes.subarray(0, length)).size).toBe(0);
  for (let seed = 0; seed < 3000; seed += 1) {
    const broken = bytes.slice();
    for (let turn = 0; turn < 3; turn += 1)
      broken[(seed * 7919 + turn * 104_729) % broken.length] = (seed * 31 + turn * 17) % 256;
    expect(parseXSettings(broken).size).toBeLessThanOrEqual(bytes.length);
  }
});
