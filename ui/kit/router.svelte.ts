/** Which page shows: the address decides, and unsaved changes may hold it. */

/** The router of the pages below one path. */
export class Router {
  path = $state(location.pathname);
  /** Where the person wanted to go when unsaved changes held them; null while nobody is held. */
  heldPath: string | null = $state(null);
  /** What the list of the page one goes to shall search for, until the page has taken it; null for nothing. */
  wantedSearch: string | null = $state(null);
  /** A page may have several forms. */
  readonly #holds = new Set<() => boolean>();
  readonly #base: string;

  /** @param base "/login": links to it and below are followed here, all others leave */
  constructor(base: string) {
    this.#base = base;
  }

  /** Follows links and the browser's back and forward; dispose to stop. */
  start(): Disposable {
    const onPop = (): void => this.#onPop();
    const onClick = (event: MouseEvent): void => this.#onClick(event);
    const onLeave = (event: BeforeUnloadEvent): void => {
      if (this.#hasUnsavedChanges()) event.preventDefault();
    };
    window.addEventListener("popstate", onPop);
    window.addEventListener("beforeunload", onLeave);
    document.addEventListener("click", onClick);
    return {
      [Symbol.dispose]: () => {
        window.removeEventListener("popstate", onPop);
        window.removeEventListener("beforeunload", onLeave);
        document.removeEventListener("click", onClick);
      },
    };
  }

  /** Goes to a page, unless unsaved changes hold it. */
  go(path: string): void {
    if (path === this.path) return;
    if (this.#hasUnsavedChanges()) this.heldPath = path;
    else this.#show(path);
  }

  /** Goes to a page with a list and searches it. */
  goAndSearch(path: string, text: string): void {
    this.wantedSearch = text;
    this.go(path);
  }

  /** The page takes the search it is to begin with; null when there is none. */
  takeSearch(): string | null {
    const text = this.wantedSearch;
    this.wantedSearch = null;
    return text;
  }

  /** The person chose to lose the changes. */
  leaveAnyway(): void {
    const path = this.heldPath;
    this.heldPath = null;
    this.#holds.clear();
    if (path !== null) this.#show(path);
  }

  stay(): void {
    this.heldPath = null;
    this.wantedSearch = null;
  }

  /** Holds the page while `hasUnsavedChanges` says so; dispose when the page goes. */
  hold(hasUnsavedChanges: () => boolean): Disposable {
    this.#holds.add(hasUnsavedChanges);
    return { [Symbol.dispose]: () => void this.#holds.delete(hasUnsavedChanges) };
  }

  #hasUnsavedChanges(): boolean {
    return [...this.#holds].some((hasUnsavedChanges) => hasUnsavedChanges());
  }

  #show(path: string): void {
    history.pushState(null, "", path);
    this.path = path;
  }

  #onPop(): void {
    const path = location.pathname;
    if (path === this.path) return;
    if (!this.#hasUnsavedChanges()) {
      this.path = path;
      return;
    }
    history.pushState(null, "", this.path);
    this.heldPath = path;
  }

  #onClick(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || link.target !== "" || link.hasAttribute("download")) return;
    if (link.origin !== location.origin || !this.#isOurs(link.pathname)) return;
    event.preventDefault();
    this.go(link.pathname);
  }

  #isOurs(path: string): boolean {
    return path === this.#base || path.startsWith(`${this.#base}/`);
  }
}
