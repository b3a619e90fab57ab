/** What the home remembers in this browser from one visit to the next. Pure but for the storage it is given. */
import { ID_PATTERN } from "../../../protocol/ids.ts";
import type { JumpItemSort } from "../../../protocol/api/console.ts";
import { type ColumnName, columnNames, defaultColumns } from "./columns.ts";
import type { Place } from "./jump-item-list.ts";

export interface HomeMemory {
  readonly place: Place;
  /** The Jump Item whose details were shown. */
  readonly current: string | null;
  readonly railPx: number;
  readonly detailPx: number;
  readonly isRailShown: boolean;
  readonly isDetailShown: boolean;
  readonly columns: readonly ColumnName[];
  readonly sort: JumpItemSort;
  readonly isDescending: boolean;
}

export const railWidth = { smallest: 180, usual: 228, largest: 360 } as const;
export const detailWidth = { smallest: 280, usual: 316, largest: 480 } as const;

export const freshMemory: HomeMemory = {
  place: { kind: "all" },
  current: null,
  railPx: railWidth.usual,
  detailPx: detailWidth.usual,
  isRailShown: true,
  isDetailShown: true,
  columns: defaultColumns,
  sort: "name",
  isDescending: false,
};

const KEY = "causeway.console.home";

/** What was kept; anything that does not read as it was written counts as never kept. */
export function recall(storage: Pick<Storage, "getItem">): HomeMemory {
  return parseMemory(storage.getItem(KEY));
}

/** Keeps it. A browser that keeps nothing (full, or forbidden) is no reason to stop. */
export function keep(storage: Pick<Storage, "setItem">, memory: HomeMemory): void {
  try {
    storage.setItem(KEY, JSON.stringify(memory));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

export function parseMemory(text: string | null): HomeMemory {
  const kept = parsed(text);
  const { place, current, railPx, detailPx, isRailShown, isDetailShown, columns, sort, isDescending } = kept;
  return {
    place: placeFrom(place),
    current: isId(current) ? current : null,
    railPx: widthFrom(railPx, railWidth),
    detailPx: widthFrom(detailPx, detailWidth),
    isRailShown: isRailShown !== false,
    isDetailShown: isDetailShown !== false,
    columns: columnsFrom(columns),
    sort: sorts.has(sort) ? (sort as JumpItemSort) : freshMemory.sort,
    isDescending: isDescending === true,
  };
}

const sorts: ReadonlySet<unknown> = new Set([
  "name",
  "hostName",
  "status",
  "system",
  "tag",
  "jumpGroup",
  "signedIn",
  "lastAccessed",
  "comments",
] satisfies JumpItemSort[]);

function parsed(text: string | null): Record<keyof HomeMemory, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<keyof HomeMemory, unknown>) : ({} as never);
  } catch (error) {
    if (error instanceof SyntaxError) return {} as never;
    throw error;
  }
}

const id = new RegExp(ID_PATTERN, "u");
const isId = (value: unknown): value is string => typeof value === "string" && id.test(value);

function placeFrom(value: unknown): Place {
  if (typeof value !== "object" || value === null) return freshMemory.place;
  const { kind, jumpGroup, tag } = value as Record<string, unknown>;
  if (kind === "frequent") return { kind };
  if (kind !== "group" || !isId(jumpGroup)) return freshMemory.place;
  return { kind, jumpGroup, tag: typeof tag === "string" ? tag.slice(0, 64) : null };
}

function columnsFrom(value: unknown): readonly ColumnName[] {
  const kept = Array.isArray(value) ? columnNames.filter((name) => value.includes(name)) : [];
  return kept.length === 0 ? defaultColumns : kept;
}

interface Width {
  readonly smallest: number;
  readonly usual: number;
  readonly largest: number;
}

function widthFrom(value: unknown, width: Width): number {
  return typeof value === "number" && Number.isFinite(value) ? clampWidth(value, width) : width.usual;
}

/** The nearest width a panel may have. */
export function clampWidth(value: number, { smallest, largest }: Width): number {
  return Math.round(Math.min(largest, Math.max(smallest, value)));
}
