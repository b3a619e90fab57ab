/** Who is answered at a place: by the path that is asked for, and by where the asker comes from. */
import { type Listeners, type ListenerUse, listenerUses } from "../../protocol/api/appliance/access.ts";
import { Networks } from "../security/networks.ts";
import { usesOf } from "./uses.ts";

export class Gate {
  readonly #networks: Readonly<Record<ListenerUse, Networks>>;
  #ownNetworks: Networks | null = null;
  /**
   * @param own this machine's addresses: it is always answered, for it looks after itself
   * @throws {AppError} request.invalid where a network is none
   */
  constructor(
    listeners: Listeners,
    private readonly own: readonly string[],
  ) {
    this.#networks = Object.fromEntries(
      listenerUses.map((use) => [use, new Networks(listeners[use].networks)]),
    ) as Record<ListenerUse, Networks>;
  }

  /** Whether somebody at this address finds something at this path, asked for at a place with these uses. */
  admits(path: string, address: string, uses: ReadonlySet<ListenerUse>): boolean {
    return usesOf(path).some((use) => uses.has(use) && this.admitsTo(use, address));
  }

  /** Whether somebody at this address is answered for this use at all. */
  admitsTo(use: ListenerUse, address: string): boolean {
    return this.#networks[use].has(address) || this.#isOwn(address);
  }

  /** Asked only where not everybody is let in, which few sites say; so it is not made before. */
  #isOwn(address: string): boolean {
    this.#ownNetworks ??= new Networks(["127.0.0.0/8", "::1", ...this.own]);
    return this.#ownNetworks.has(address);
  }
}
