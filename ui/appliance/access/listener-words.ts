/** How places and networks are told and typed. */
import type { ListenerPlace, ListenerUse } from "../../../protocol/api/appliance/access.ts";

/** Who is answered there. */
export function useLabel(use: ListenerUse): string {
  if (use === "endpoints") return "Computers and customers";
  return use === "consoles" ? "Representative consoles" : "Administration";
}

/** What belongs to it. */
export function useNote(use: ListenerUse): string {
  if (use === "endpoints") return "Jump Clients and the public page";
  return use === "consoles" ? "/console" : "/login, /appliance and the API";
}

/** "10.40.0.12:443"; with brackets where colons need them. */
export function placeText({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

/** Where a use is answered, whatever of it was chosen. */
export function chosenPlace(
  place: ListenerPlace,
  main: { readonly address: string; readonly port: number },
): { readonly address: string; readonly port: number } {
  return { address: place.address === "" ? main.address : place.address, port: place.port ?? main.port };
}

/** Networks as they are typed: one a line, or with commas. */
export function networksFrom(text: string): string[] {
  return text.split(/[\s,]+/u).filter((network) => network !== "");
}

/** A port as typed; null for none, NaN for what is none. */
export function portFrom(text: string): number | null {
  if (text.trim() === "") return null;
  const port = Number(text.trim());
  return /^\d{1,5}$/u.test(text.trim()) && port >= 1 && port <= 65_535 ? port : Number.NaN;
}

/** What is wrong with a port; "" when nothing is. */
export function portProblem(text: string): string {
  return Number.isNaN(portFrom(text) ?? 0) ? "A port is a number from 1 to 65535." : "";
}

/** What is wrong with an address; "" when nothing shows. The server knows which are its own. */
export function addressProblem(text: string): string {
  const plain = text.trim();
  return plain === "" || /^[0-9a-fA-F:.]+$/u.test(plain) ? "" : "An address is digits and dots, such as 10.40.0.12.";
}
