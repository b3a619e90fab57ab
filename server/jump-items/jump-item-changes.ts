import type { JumpClientId } from "../../protocol/ids.ts";

/** Changes are gathered for so long before consoles are told, so that a fleet that reconnects is one message a second. */
export const GATHER_MS = 1000;
/** More than these are not named: the console looks anew. */
export const MAX_NAMED = 500;

/** Gathers which Jump Items changed, for the consoles. */
export class JumpItemChanges implements Disposable {
  #changed = new Set<JumpClientId>();
  #isEverything = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `tell` gets the ids, or null for too many to name. */
  constructor(
    private readonly tell: (jumpItems: JumpClientId[] | null) => void,
    private readonly gatherMs = GATHER_MS,
  ) {}

  add(jumpItems: readonly JumpClientId[]): void {
    for (const jumpItem of jumpItems) this.#changed.add(jumpItem);
    if (this.#changed.size > MAX_NAMED) this.addEverything();
    this.#timer ??= setTimeout(() => this.#flush(), this.gatherMs);
  }

  addEverything(): void {
    this.#isEverything = true;
    this.#changed.clear();
    this.#timer ??= setTimeout(() => this.#flush(), this.gatherMs);
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #flush(): void {
    const changed = this.#isEverything ? null : [...this.#changed];
    this.#timer = null;
    this.#isEverything = false;
    this.#changed = new Set();
    this.tell(changed);
  }
}
