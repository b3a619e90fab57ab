import type { JumpClientId } from "../../protocol/ids.ts";

/** Changes are gathered for so long before consoles are told, so that a fleet that reconnects is one message a second. */
export const GATHER_MS = 1000;
/** More than these are not named: the console looks anew. */
export const MAX_NAMED = 500;

/** Which changed, each with the Jump Groups it has left: who saw it there is told, too. */
export type ChangedJumpItems = ReadonlyMap<JumpClientId, ReadonlySet<string>>;

/** Gathers which Jump Items changed, for the consoles. */
export class JumpItemChanges implements Disposable {
  #changed = new Map<JumpClientId, Set<string>>();
  #isEverything = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `tell` gets what changed, or null for too much to name. */
  constructor(
    private readonly tell: (changed: ChangedJumpItems | null) => void,
    private readonly gatherMs = GATHER_MS,
  ) {}

  /** `left`: the Jump Group they stood in until now, if they do no more. */
  add(jumpItems: readonly JumpClientId[], left?: string): void {
    for (const jumpItem of jumpItems) {
      const groups = this.#changed.get(jumpItem) ?? new Set();
      if (left !== undefined) groups.add(left);
      this.#changed.set(jumpItem, groups);
    }
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
    const changed = this.#isEverything ? null : this.#changed;
    this.#timer = null;
    this.#isEverything = false;
    this.#changed = new Map();
    this.tell(changed);
  }
}
