import { GroupPolicyPreview } from "../../../protocol/api/users.ts";
import { api } from "../../connection/api.ts";

/** Typing pauses so long before the server is asked what a change would do. */
const PAUSE_MS = 400;

/** What an unsaved change of a group policy would do, asked of the server when typing pauses. */
export class DraftPreview {
  /** null: nothing is changed, or it is not known yet. */
  value = $state.raw<GroupPolicyPreview | null>(null);
  /** Why it is not known; "": it is, or nothing was asked. */
  problem = $state("");
  readonly #path: string;

  /** @param policyPath of the API, such as "/api/login/group-policies/<id>" */
  constructor(policyPath: string) {
    this.#path = `${policyPath}/preview`;
  }

  clear(): void {
    this.value = null;
    this.problem = "";
  }

  /** Asks in a moment; dispose when the change is another one. */
  ask(changes: object): Disposable {
    const abort = new AbortController();
    const timer = setTimeout(() => void this.#ask(changes, abort.signal), PAUSE_MS);
    return {
      [Symbol.dispose]: () => {
        clearTimeout(timer);
        abort.abort();
      },
    };
  }

  async #ask(changes: object, signal: AbortSignal): Promise<void> {
    try {
      this.value = await api.post(this.#path, { changes }, GroupPolicyPreview, { signal });
      this.problem = "";
    } catch (error) {
      if (signal.aborted) return;
      this.value = null;
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }
}
