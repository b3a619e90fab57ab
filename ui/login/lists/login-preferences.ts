/** How one's lists in administration were left: kept by the server with the account, so that it is the same everywhere. */
import { LoginPreferences } from "../../../protocol/api/own-account.ts";
import { api } from "../../connection/api.ts";
import { visitor } from "../visitor.svelte.ts";

export type ListState = LoginPreferences["lists"][string];
/** Typing in a search is kept when it pauses for so long. */
const PAUSE_MS = 400;

class LoginPreferencesKeeper {
  #accountId: string | null = null;
  #loading: Promise<LoginPreferences | null> | null = null;
  #value: LoginPreferences | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** How a list was left; null when it was never changed, or when what was kept cannot be read. */
  async recall(list: string): Promise<ListState | null> {
    const accountId = visitor.account?.id ?? null;
    if (this.#loading === null || this.#accountId !== accountId) {
      this.#accountId = accountId;
      this.#loading = this.#load();
    }
    this.#value = await this.#loading;
    return this.#value?.lists[list] ?? null;
  }

  /** Keeps how a list stands, a moment later. Where nothing could be read nothing is overwritten. */
  remember(list: string, state: ListState): void {
    if (this.#value === null) return;
    const value = { ...this.#value, lists: { ...this.#value.lists, [list]: state } };
    this.#value = value;
    this.#loading = Promise.resolve(value);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#keep(value), PAUSE_MS);
  }

  async #load(): Promise<LoginPreferences | null> {
    try {
      return await api.get("/api/login/preferences", LoginPreferences);
    } catch (error) {
      // A list works without its memory; what it shows does not depend on it.
      console.warn("How the lists were left could not be read.", error);
      return null;
    }
  }

  async #keep(value: LoginPreferences): Promise<void> {
    try {
      await api.put("/api/login/preferences", value, LoginPreferences);
    } catch (error) {
      console.warn("How the lists were left could not be kept.", error);
    }
  }
}

/** The page's one keeper. */
export const loginPreferences = new LoginPreferencesKeeper();
