/** What administrators say to everybody, as a page of /login or /console shows it. */
import { type Announcement, Announcements } from "../../protocol/api/announcements.ts";
import type { Area } from "../../protocol/api/sign-in.ts";
import { api, inBackground } from "../connection/api.ts";
import { type Asked, Resource } from "../connection/resource.svelte.ts";
import { keepPutAway, PUT_AWAY_KEY, putAwayIn } from "./put-away.ts";
import { waitMs } from "./until.ts";

export class AnnouncementBoard {
  readonly #listed: Resource<Announcements>;
  #putAway: ReadonlySet<string> = $state.raw(putAwayIn(localStorage));

  constructor(area: Area) {
    this.#listed = new Resource((asked) => api.get(`/api/${area}/announcements`, Announcements, asked));
  }

  /** Those that run as the server last said, newest first. The server's clock counts: a computer's own may be wrong. */
  get running(): readonly Announcement[] {
    return this.#listed.value?.announcements ?? [];
  }

  /** Those of them that nobody has put away in this browser. */
  get shown(): readonly Announcement[] {
    return this.running.filter(({ id }) => !this.#putAway.has(id));
  }

  /** Asks which run. What was there stays when that fails: it is asked again. */
  async load(asked: Asked = {}): Promise<void> {
    await this.#listed.load(asked);
    if (this.#listed.error !== null) return;
    const listed = new Set(this.running.map(({ id }) => id));
    const kept = [...putAwayIn(localStorage)];
    const left = kept.filter((id) => listed.has(id));
    if (left.length < kept.length) this.#keep(new Set(left));
  }

  /** Shows one no more in this browser. */
  putAway(id: string): void {
    this.#keep(new Set([...putAwayIn(localStorage), id]));
  }

  /**
   * Asks now, and in the background when the page is looked at again, when the next one ends and every `everyMs` while the
   * page is seen; where the page is told of changes (`isTold`), only while one runs. Dispose to stop.
   */
  watch({ everyMs, isTold = false }: { readonly everyMs: number; readonly isTold?: boolean }): Disposable {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const turn = async (asked: Asked, isDue: boolean): Promise<void> => {
      clearTimeout(timer);
      if (isDue && !document.hidden) await this.load(asked);
      if (isOver) return;
      clearTimeout(timer);
      const ends = this.running.map(({ endsAt }) => Date.parse(endsAt));
      timer = setTimeout(
        () => void turn(inBackground, !isTold || this.running.length > 0),
        waitMs(ends, Date.now(), everyMs),
      );
    };
    const onSeen = (): void => void (document.hidden || turn(inBackground, true));
    const onKept = ({ key }: StorageEvent): void => {
      if (key === PUT_AWAY_KEY || key === null) this.#putAway = putAwayIn(localStorage);
    };
    document.addEventListener("visibilitychange", onSeen);
    window.addEventListener("storage", onKept);
    void turn({}, true);
    return {
      [Symbol.dispose]: () => {
        isOver = true;
        clearTimeout(timer);
        document.removeEventListener("visibilitychange", onSeen);
        window.removeEventListener("storage", onKept);
      },
    };
  }

  #keep(ids: ReadonlySet<string>): void {
    keepPutAway(localStorage, ids);
    this.#putAway = ids;
  }
}
