/** Which Jump Items the list shows and in what order; pure. */
import type { JumpItemQuery, JumpItemRow, JumpItemSort } from "../../../protocol/api/console.ts";
import { plural } from "../../languages/plural.ts";

/** A place in the tree beside the list. */
export type Place =
  | { readonly kind: "all" }
  | { readonly kind: "frequent" }
  | { readonly kind: "group"; readonly jumpGroup: string; readonly tag: string | null };

export type StatusFilter = JumpItemRow["status"] | null;

export interface ListChoice {
  readonly place: Place;
  readonly search: string;
  readonly status: StatusFilter;
  readonly sort: JumpItemSort;
  readonly isDescending: boolean;
}

/** The query for one choice, without offset and limit. Search words are trimmed; more than 200 characters are cut. */
export function queryFor({ place, search, status, sort, isDescending }: ListChoice): JumpItemQuery {
  const words = search.trim().replaceAll(/\s+/gu, " ").slice(0, 200);
  return {
    ...(place.kind === "group" ? { jumpGroup: place.jumpGroup } : {}),
    ...(place.kind === "group" && place.tag !== null ? { tag: place.tag } : {}),
    ...(place.kind === "frequent" ? { frequent: true } : {}),
    ...(words === "" ? {} : { search: words }),
    ...(status === null ? {} : { status }),
    sort,
    descending: isDescending,
  };
}

/** The query as it stands in the address; booleans as words, nothing for what is absent. */
export function searchParamsFor(query: JumpItemQuery): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  return parameters;
}

/** One string for each place, for keys and for comparing. */
export function placeKey(place: Place): string {
  return place.kind === "group" ? `group ${place.jumpGroup} ${place.tag ?? ""}` : place.kind;
}

/** Whether clicking a column again turns it round; times and statistics begin with the largest. */
export function nextSort(current: Pick<ListChoice, "sort" | "isDescending">, sort: JumpItemSort) {
  if (current.sort === sort) return { sort, isDescending: !current.isDescending };
  return { sort, isDescending: sort === "lastAccessed" };
}

/** What hides the rows of a list that shows none, in words; null when the place itself is empty. */
export function whatHides(choice: Pick<ListChoice, "search" | "status">, totalInPlace: number): string | null {
  if (totalInPlace === 0) return null;
  const rows = plural(totalInPlace, ["# Jump Item", "# Jump Items"]);
  const search = choice.search.trim();
  const status = choice.status === null ? "" : statusWord(choice.status);
  if (search !== "" && status !== "") return `The search “${search}” and the filter “${status}” hide ${rows}.`;
  if (search !== "") return `The search “${search}” hides ${rows}.`;
  return status === "" ? null : `The filter “${status}” hides ${rows}.`;
}

export function statusWord(status: JumpItemRow["status"]): string {
  return { online: "Online", offline: "Offline", "in-session": "In session" }[status];
}

/** The filter as its chip tells it. */
export function statusFilterText(status: JumpItemRow["status"]): string {
  return { online: "is online", offline: "is offline", "in-session": "is in session" }[status];
}
