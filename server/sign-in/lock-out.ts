/**
 * Lock-out after failed sign-ins in a row. Pure. An account keeps its count in the database; a name nobody has is counted
 * in memory by the same rule, so that being locked does not tell which names exist.
 */
export interface Failures {
  readonly failed: number;
  /** ms of the wall clock; 0: not locked. */
  readonly lockedUntilMs: number;
}

export interface LockOutRule {
  readonly lockOutAfterFailures: number;
  /** null: until an administrator unlocks it. */
  readonly lockOutMinutes: number | null;
}

/** Later than any clock: locked until somebody unlocks it. Its text is the year 9999. */
const FOR_EVER_MS = Date.parse("9999-12-31T00:00:00.000Z");

/**
 * How it stands after one more failure; the count starts anew when the lock falls. A guess that was already being hashed
 * when the lock fell leaves the lock as it is.
 */
export function afterFailure(before: Failures, rule: LockOutRule, nowMs: number): Failures {
  if (before.lockedUntilMs > nowMs) return before;
  const failed = before.failed + 1;
  if (failed < rule.lockOutAfterFailures) return { failed, lockedUntilMs: 0 };
  return {
    failed: 0,
    lockedUntilMs: rule.lockOutMinutes === null ? FOR_EVER_MS : nowMs + rule.lockOutMinutes * 60_000,
  };
}

const MAX_NAMES = 10_000;

/** Failures of names that nobody has. Past 10,000 the one that failed longest ago is forgotten. */
export class UnknownNames {
  readonly #failures = new Map<string, Failures>();

  read(name: string): Failures {
    return this.#failures.get(name.toLowerCase()) ?? { failed: 0, lockedUntilMs: 0 };
  }

  write(name: string, failures: Failures): void {
    const key = name.toLowerCase();
    this.#failures.delete(key);
    this.#failures.set(key, failures);
    if (this.#failures.size <= MAX_NAMES) return;
    const oldest = this.#failures.keys().next().value;
    if (oldest !== undefined) this.#failures.delete(oldest);
  }
}
