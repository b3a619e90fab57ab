/** Ends the sign-in of administration, and says so when that did not work. */
import { toasts } from "../kit/toasts.svelte.ts";
import { visitor } from "./visitor.svelte.ts";

/** Signs out; the sign-in page then shows. */
export async function logOut(): Promise<void> {
  try {
    await visitor.signOut();
  } catch (error) {
    toasts.failed("You are still signed in", error);
  }
}
