/** What a Jump Group, or somebody's personal list, is called. */
import type { JumpGroupNode } from "../../../protocol/api/console.ts";

/** As the rail of Home says it. @param me the id of who looks */
export function groupLabel({ name, owner }: JumpGroupNode, me: string): string {
  if (owner === undefined) return name;
  return owner.id === me ? "My personal list" : `Personal list of ${owner.name}`;
}
