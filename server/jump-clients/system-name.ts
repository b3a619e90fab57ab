/** The operating system in the few characters a table cell has: "Debian 12", "Win 11", "macOS 15". */
export function shortSystemName(operatingSystem: string): string {
  const windows = /^(?:Microsoft )?Windows (Server )?([\w.]+)/.exec(operatingSystem);
  if (windows) return `Win ${windows[1] ?? ""}${windows[2] ?? ""}`.trim();
  const words = operatingSystem.replaceAll(/\([^)]*\)|GNU\/Linux|\bLinux release\b|\bLTS\b/g, " ").split(/\s+/);
  const version = words.findIndex((word) => /^\d/.test(word));
  const kept =
    version < 0 ? words.filter(Boolean).slice(0, 2) : [...words.slice(0, version), shortVersion(words[version]!)];
  return kept.filter(Boolean).join(" ").slice(0, 40);
}

/** Two numbers say enough: 24.04.1 is 24.04, and a trailing .0 says nothing. */
function shortVersion(version: string): string {
  return version.split(".").slice(0, 2).join(".").replace(/\.0$/, "");
}
