/** How sign-ins are told. */
import type { Area } from "../../../protocol/api/sign-in.ts";

/** Where somebody is signed in to. */
export function areaLabel(area: Area): string {
  return area === "login" ? "Administration" : "Console";
}

/** By what; a provider's own name stays as it is. */
export function methodLabel(method: string): string {
  if (method === "password") return "Password";
  return method === "passkey" ? "Passkey" : method;
}

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
