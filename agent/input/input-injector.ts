/** Puts input into a desktop, whatever the platform. One thread uses it. */
import type { RemoteInput } from "../../protocol/input.ts";

/** Input of several viewers; what one holds is its own. */
export interface InputInjector extends Disposable {
  /** Carries one event out, in the order of the calls; a promise where it has to wait for the desktop. */
  inject(viewer: number, input: RemoteInput): Promise<void> | undefined;
  /** Lets everything go that this viewer holds. */
  release(viewer: number): void;
  /** Sends on what has been carried out. */
  flush(): void;
  /** The desktop has gone; only disposing is left. */
  readonly isLost: boolean;
}
