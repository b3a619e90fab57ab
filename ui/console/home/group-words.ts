/** What a Jump Group, or somebody's personal list, is called. */
import type { JumpGroupTree } from "../../../protocol/api/console.ts";

/** As the rail of Home says it. @param me the id of who looks */
export function groupLabel({ name, owner }: JumpGroupTree["jumpGroups"][number], me: string): string {
  if (owner === undefined) return name;
  return owner.id === me ? "My personal list" : `Personal list of ${owner.name}`;
}
