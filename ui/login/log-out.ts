/** Ends the sign-in of administration, and says so when that did not work. */
import { toasts } from "../kit/toasts.svelte.ts";
import type { SignOutReach } from "../sign-in/sign-out.ts";
import { visitor } from "./visitor.svelte.ts";

/** Signs out; the sign-in page then shows. */
export async function logOut(reach: SignOutReach = "here"): Promise<void> {
  try {
    await visitor.signOut(reach);
  } catch (error) {
    toasts.failed("You are still signed in", error);
  }
}
