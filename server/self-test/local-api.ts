/** The HTTP API as a page of this site would ask it, from the machine itself. */
import type { Area } from "../../protocol/api/sign-in.ts";
import { signInCookie } from "../sign-in/cookies.ts";

/** Whose certificate it is, a step of its own has looked at. */
export const tls = { rejectUnauthorized: false };

/** The API answered, and it was no. */
export class ApiRefusal extends Error {
  override readonly name = "ApiRefusal";
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Asks as who holds a sign-in's token.
 * @param path below /api/login/ or /api/console/
 * @throws {ApiRefusal}
 */
export async function askApi(
  address: string,
  area: Area,
  token: string,
  method: string,
  path: string,
): Promise<unknown> {
  const [cookie = ""] = signInCookie(area, token).split(";");
  const headers = { origin: address, "sec-fetch-site": "same-origin", cookie };
  const response = await fetch(`${address}/api/${area}/${path}`, { method, headers, tls });
  const content: unknown = await response.json();
  if (!response.ok) throw new ApiRefusal(response.status, messageOf(content));
  return content;
}

const messageOf = (content: unknown): string =>
  typeof content === "object" && content !== null && "message" in content ? String(content.message) : "no reason given";
