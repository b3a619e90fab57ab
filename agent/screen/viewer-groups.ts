/**
 * Viewers who have exactly the same picture share one reference and one encoding. A viewer that falls behind leaves its
 * group with a copy of the reference, and comes back once it has caught up: the slowest never slows the others.
 */
import type { Rectangle } from "../../protocol/screen.ts";
import type { CLibrary } from "../x11/c-library.ts";
import { copyReference, createReference, forget } from "./picture-memory.ts";
import { type ReferencePicture, TileMap } from "./screen-encoder.ts";
import type { Viewer } from "./viewer.ts";

export interface ViewerGroup {
  readonly seen: Rectangle;
  readonly viewers: Set<Viewer>;
  readonly reference: ReferencePicture;
  /** What may have changed since `version`. */
  readonly changed: TileMap;
  /** Of which grab the reference is the picture; 0 for none. */
  version: number;
}

export class ViewerGroups {
  readonly #c: CLibrary;
  #groups: ViewerGroup[] = [];

  constructor(c: CLibrary) {
    this.#c = c;
  }

  /** Puts a viewer into a group of its own that has no picture yet: the next update is a keyframe. */
  startOver(viewer: Viewer, seen: Rectangle): void {
    this.remove(viewer);
    const changed = new TileMap(seen.width, seen.height);
    changed.markAll();
    const reference = createReference(seen.width, seen.height);
    this.#groups.push({ seen, viewers: new Set([viewer]), reference, changed, version: 0 });
  }

  remove(viewer: Viewer): void {
    for (const group of this.#groups) group.viewers.delete(viewer);
    this.#groups = this.#groups.filter((group) => group.viewers.size > 0);
  }

  /** Something was drawn. `area` is in pixels of the screen. */
  mark(area: Rectangle): void {
    for (const { seen, changed } of this.#groups) changed.mark({ ...area, x: area.x - seen.x, y: area.y - seen.y });
  }

  /** Somebody could be sent something now. */
  get hasWork(): boolean {
    return this.#groups.some((group) => !group.changed.isEmpty && someReady(group));
  }

  get hasReadyViewer(): boolean {
    return this.#groups.some(someReady);
  }

  /** The groups to encode for now; all of their viewers are ready. */
  takeReady(): ViewerGroup[] {
    const waiting = this.#groups.filter((group) => !group.changed.isEmpty && someReady(group));
    for (const group of waiting) this.#leaveBehind(group);
    return waiting;
  }

  #leaveBehind(group: ViewerGroup): void {
    const late = [...group.viewers].filter((viewer) => !viewer.isReady);
    if (late.length === 0) return;
    for (const viewer of late) group.viewers.delete(viewer);
    const reference = copyReference(this.#c, group.reference);
    this.#groups.push({ ...group, viewers: new Set(late), reference, changed: group.changed.clone() });
  }

  /** Joins the groups that have the same picture. They do not remember the same bodies, so they start over with those. */
  merge(): void {
    const kept: ViewerGroup[] = [];
    for (const group of this.#groups) {
      const same = kept.find((other) => isSamePicture(other, group));
      if (same === undefined) {
        kept.push(group);
        continue;
      }
      for (const viewer of group.viewers) same.viewers.add(viewer);
      forget(same.reference);
    }
    this.#groups = kept;
  }
}

function someReady(group: ViewerGroup): boolean {
  for (const viewer of group.viewers) if (viewer.isReady) return true;
  return false;
}

/** Equal by construction: made from the same grab, with nothing marked since, or the same marked since. */
function isSamePicture(a: ViewerGroup, b: ViewerGroup): boolean {
  return (
    a.version !== 0 &&
    a.version === b.version &&
    a.changed.isEmpty &&
    b.changed.isEmpty &&
    a.seen.x === b.seen.x &&
    a.seen.y === b.seen.y &&
    a.seen.width === b.seen.width &&
    a.seen.height === b.seen.height
  );
}
