/** How browsers are told. */

const browsers = [
  ["Edg/", "Edge"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const systems = [
  ["Windows", "Windows"],
  ["CrOS", "ChromeOS"],
  ["Android", "Android"],
  ["iPhone", "iOS"],
  ["iPad", "iPadOS"],
  ["Mac OS X", "macOS"],
  ["Linux", "Linux"],
] as const;

/** A browser's long description in two words: "Firefox, Linux"; "" when it says nothing we know. */
export function browserOf(userAgent: string): string {
  const named = (list: readonly (readonly [string, string])[]) =>
    list.find(([mark]) => userAgent.includes(mark))?.[1] ?? "";
  return [named(browsers), named(systems)].filter((name) => name !== "").join(", ");
}
