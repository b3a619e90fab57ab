import type { JumpClientId } from "../../protocol/ids.ts";
import type { Log } from "../log.ts";
import type { ChangedJumpItems } from "../jump-items/jump-item-changes.ts";
import type { JumpItemSight } from "../jump-items/jump-item-sight.ts";
import type { GatewayAccess } from "./access.ts";
import type { ConsoleEnd } from "./console-end.ts";
import type { ConsoleSockets } from "./console-sockets.ts";
import { controlFrame } from "./control-frame.ts";

/** Consoles told before others have a turn: what somebody sees may have to be worked out anew. */
const CONSOLES_A_TURN = 20;

/** Tells each console which Jump Items have changed, of those that its representative sees (NA19). */
export class JumpItemNews {
  constructor(
    private readonly consoles: ConsoleSockets,
    private readonly access: Pick<GatewayAccess, "rightsNow">,
    private readonly sight: JumpItemSight,
    /** In which Jump Group each stands now; one that is gone is not there. */
    private readonly jumpGroupsOf: (jumpItems: readonly JumpClientId[]) => Promise<ReadonlyMap<string, string>>,
    private readonly log: Log,
  ) {}

  /** null: too much to name. */
  tell(changed: ChangedJumpItems | null): void {
    const told = changed === null ? this.#tellEverything() : this.#tellOf(changed);
    told.catch((error: unknown) => this.log.error("Consoles could not be told of changed Jump Items", error));
  }

  async #tellEverything(): Promise<void> {
    const frame = controlFrame({ type: "jump-items.changed", jumpItems: null });
    for (const console of this.consoles.all()) console.send(frame);
  }

  async #tellOf(changed: ChangedJumpItems): Promise<void> {
    const standing = await this.jumpGroupsOf([...changed.keys()]);
    const placed = Array.from(changed, ([jumpItem, left]) => {
      const now = standing.get(jumpItem);
      return { jumpItem, jumpGroups: now === undefined ? [...left] : [now, ...left] };
    });
    let told = 0;
    for (const console of [...this.consoles.all()]) {
      this.#tellOne(console, placed);
      if (++told % CONSOLES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #tellOne(console: ConsoleEnd, placed: readonly { jumpItem: JumpClientId; jumpGroups: readonly string[] }[]): void {
    if (console.actor === null) return;
    const seen = this.sight.of(this.access.rightsNow(console.actor));
    const jumpItems = placed
      .filter(({ jumpGroups }) => seen === null || jumpGroups.some((group) => seen.has(group)))
      .map(({ jumpItem }) => jumpItem);
    if (jumpItems.length > 0) console.tell({ type: "jump-items.changed", jumpItems });
  }
}
