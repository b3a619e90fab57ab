/** The fields of the properties dialog and what of them is written. */
import type { Static } from "@sinclair/typebox";
import type { JumpItemChanges } from "../../../protocol/api/jump-items.ts";

/** In a field: it stays as it is. Nothing a person could type. */
export const KEEP = "\u0000keep";

/** Texts, ids, or "" for none. */
export interface PropertiesDraft {
  name: string;
  jumpGroup: string;
  tag: string;
  comments: string;
  jumpPolicy: string;
  presentPolicy: string;
  absentPolicy: string;
}
export type PropertyName = keyof PropertiesDraft;

const policies: ReadonlySet<PropertyName> = new Set<PropertyName>(["jumpPolicy", "presentPolicy", "absentPolicy"]);

/** What differs, as the API takes it. */
export function changesOf(before: PropertiesDraft, after: PropertiesDraft): Static<typeof JumpItemChanges> {
  const names = (Object.keys(after) as PropertyName[]).filter((name) => after[name] !== before[name]);
  return Object.fromEntries(
    names.map((name) => {
      const value = after[name].trim();
      return [name, policies.has(name) && value === "" ? null : value];
    }),
  );
}
