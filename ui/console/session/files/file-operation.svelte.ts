/** A deletion, copy or move at the endpoint: how far it is, and how it came out. */
import type { Progress } from "../../../connection/console-connection.ts";
import type { Outcome } from "./remote-files.svelte.ts";

export class FileOperation {
  done = $state(0);
  current = $state("");
  /** null while it runs. */
  outcome: Outcome | null = $state.raw(null);
  readonly #controller = new AbortController();

  /** @param verb what is being done, for a person: "Deleting". */
  constructor(readonly verb: string) {}

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly onProgress = ({ done, current }: Progress): void => {
    this.done = done;
    this.current = current;
  };

  cancel(): void {
    this.#controller.abort();
  }
}
