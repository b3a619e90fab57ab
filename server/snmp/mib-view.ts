/** Everything that can be read at one moment, in the order of the tree. Pure. */
import { compareObjectIds, isBelow, type ObjectId } from "./object-id.ts";
import type { SnmpValue, VarBind } from "./snmp-value.ts";

export class MibView {
  readonly #objects: readonly VarBind[];
  constructor(objects: readonly VarBind[]) {
    this.#objects = objects.toSorted((one, other) => compareObjectIds(one.name, other.name));
  }

  /** What stands at this name, or why nothing does. */
  get(name: ObjectId): SnmpValue {
    const found = this.#objects[this.#firstFrom(name)];
    if (found !== undefined && compareObjectIds(found.name, name) === 0) return found.value;
    const column = name.slice(0, -1);
    const sibling = this.#objects[this.#firstFrom(column)];
    return { kind: sibling !== undefined && isBelow(sibling.name, column) ? "no-such-instance" : "no-such-object" };
  }

  /** The first object after this name; null: there is none. */
  after(name: ObjectId): VarBind | null {
    const at = this.#firstFrom(name);
    const found = this.#objects[at];
    const isItself = found !== undefined && compareObjectIds(found.name, name) === 0;
    return this.#objects[isItself ? at + 1 : at] ?? null;
  }

  /** Where the first object lies that is at this name or after it. */
  #firstFrom(name: ObjectId): number {
    let [low, high] = [0, this.#objects.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareObjectIds(this.#objects[middle]!.name, name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
