/** Signing out, here alone or at the identity provider one came by, too. */
import { Nothing } from "../../protocol/api/common.ts";
import { SignedOut } from "../../protocol/api/providers.ts";
import type { Account, Area } from "../../protocol/api/sign-in.ts";
import { api } from "../connection/api.ts";

/** How far a sign-out goes: this site, or the provider's own sign-in as well. */
export type SignOutReach = "here" | "everywhere";

/** Whether there is a provider at which one may be signed in, too. */
export const hasProvider = ({ isLocal }: Account): boolean => isLocal === false;

/**
 * Ends the area's sign-in. With "everywhere" the browser then goes on to the provider's sign-out, where it has one.
 * @throws {AppError} when the server did not hear of it: nothing has changed
 */
export async function signOutOf(area: Area, reach: SignOutReach): Promise<void> {
  if (reach === "here") {
    await api.post(`/api/${area}/sign-out`, {}, Nothing);
    return;
  }
  const { url } = await api.post(`/api/${area}/sign-out-at-provider`, {}, SignedOut);
  if (url !== null) location.assign(url);
}
