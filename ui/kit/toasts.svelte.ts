/** Short notices at the bottom left that go by themselves, and the history of them. */
import type { StonesState } from "./Stones.svelte";

export interface ToastContent {
  readonly title: string;
  readonly text?: string;
  readonly tone?: "ok" | "bad" | "info";
  /** Stones instead of the icon. */
  readonly stones?: StonesState;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** Stays until it is answered or closed. */
  readonly isSticky?: boolean;
}

export interface Toast extends ToastContent {
  readonly id: number;
  readonly at: Date;
}

/** How long a toast stays. */
export const TOAST_MS = 6000;
/** How many toasts show at once; the oldest gives way and remains in the history. */
export const MAX_VISIBLE_TOASTS = 4;
/** How many toasts the history keeps, newest first; the oldest are dropped. */
export const MAX_TOAST_HISTORY = 100;

class Toasts {
  /** What shows now, oldest first. */
  visible: readonly Toast[] = $state.raw([]);
  /** Everything shown since the page was opened, newest first. */
  history: readonly Toast[] = $state.raw([]);
  #nextId = 1;

  /** Shows a notice and returns its id, with which it can be dismissed. */
  show(content: ToastContent): number {
    const toast: Toast = { ...content, id: this.#nextId++, at: new Date() };
    this.visible = [...this.visible, toast].slice(-MAX_VISIBLE_TOASTS);
    this.history = [toast, ...this.history].slice(0, MAX_TOAST_HISTORY);
    return toast.id;
  }

  /** A thing that worked: "Link copied". */
  done(title: string, text?: string): number {
    return this.show(text === undefined ? { title, tone: "ok" } : { title, text, tone: "ok" });
  }

  /** A thing that did not work; `error` says what happened and what to do. */
  failed(title: string, error: unknown): number {
    return this.show({ title, text: error instanceof Error ? error.message : String(error), tone: "bad" });
  }

  dismiss(id: number): void {
    this.visible = this.visible.filter((toast) => toast.id !== id);
  }

  /** Takes away everything that shows; the history keeps it. */
  dismissAll(): void {
    this.visible = [];
  }

  clearHistory(): void {
    this.history = [];
  }
}

/** The page's toasts; <Toasts/> shows them. */
export const toasts = new Toasts();
