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
