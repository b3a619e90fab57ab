/** Who uses a session policy, a Jump Policy or a Jump Item Role: what is used cannot go. */
import { AppError } from "../../protocol/errors.ts";
import type { Queries } from "../database/database.ts";
import { countPlaces, findPlaces, type PlaceKind, placesOf, type UsedKind } from "./store.ts";

/** How many places of each kind use one thing. */
export type UseCounts = Readonly<Record<PlaceKind, number>>;
/** Places of one kind that use it: how many, and the first ones by name. */
export interface Uses {
  readonly place: PlaceKind;
  readonly count: number;
  readonly first: readonly { readonly id: string; readonly name: string }[];
}

/** Names told of in a refusal. */
const NAMES_TOLD = 3;
const words: Readonly<Record<PlaceKind, readonly [one: string, many: string]>> = {
  users: ["user", "users"],
  groupPolicies: ["group policy", "group policies"],
  members: ["member of a Jump Group", "members of Jump Groups"],
  jumpItems: ["Jump Item", "Jump Items"],
  installers: ["installer", "installers"],
};
const unused: UseCounts = { users: 0, groupPolicies: 0, members: 0, jumpItems: 0, installers: 0 };

/** How often each is used; ask the answer by id. */
export async function countUses(queries: Queries, kind: UsedKind): Promise<(id: string) => UseCounts> {
  const counted = new Map<string, UseCounts>();
  for (const place of placesOf(kind))
    for (const [id, count] of await countPlaces(queries, kind, place))
      counted.set(id, { ...(counted.get(id) ?? unused), [place]: count });
  return (id) => counted.get(id) ?? unused;
}

/** Who uses one of them, at most `limit` of each kind by name; kinds that do not use it are left out. */
export async function findUses(queries: Queries, kind: UsedKind, id: string, limit = NAMES_TOLD): Promise<Uses[]> {
  const uses: Uses[] = [];
  for (const place of placesOf(kind)) uses.push({ place, ...(await findPlaces(queries, kind, place, { id, limit })) });
  return uses.filter(({ count }) => count > 0);
}

/** Refuses what these uses stand against. @throws {AppError} request.conflict that says where it is used */
export function refuseUsed(name: string, uses: readonly Uses[], advice: string): void {
  if (uses.length > 0)
    throw new AppError("request.conflict", `${name} is used by ${uses.map(told).join(" and by ")}. ${advice}`);
}

function told({ place, count, first }: Uses): string {
  const [one, many] = words[place];
  const names = first.slice(0, NAMES_TOLD).map(({ name }) => name);
  return `${count} ${count === 1 ? one : many} (${names.join(", ")}${count > names.length ? ", …" : ""})`;
}
