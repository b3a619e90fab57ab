/** Names of Jump Item Roles as people read them: those every site comes with are said in the page's language. */
import { ADMINISTRATOR_ROLE, START_SESSIONS_ROLE } from "../../../protocol/built-in-roles.ts";
import type { JumpItemRole } from "../../../protocol/api/policies.ts";

interface BuiltInRole {
  /** What the site's database calls it, in English; a site that has renamed it means something by that. */
  readonly key: Pick<JumpItemRole, "id" | "name" | "description">;
  readonly label: string;
  readonly help: string;
}

const builtInRoles: readonly BuiltInRole[] = [
  {
    // @wc-ignore
    key: { id: ADMINISTRATOR_ROLE, name: "Administrator", description: "Everything there is to do with Jump Items." },
    label: "Administrator",
    help: "Everything there is to do with Jump Items.",
  },
  {
    key: {
      id: START_SESSIONS_ROLE,
      // @wc-ignore
      name: "Start sessions only",
      // @wc-ignore
      description: "Sees Jump Items and starts sessions with them.",
    },
    label: "Start sessions only",
    help: "Sees Jump Items and starts sessions with them.",
  },
];

/** What a role is called. */
export function roleName({ id, name }: Pick<JumpItemRole, "id" | "name">): string {
  return builtInRoles.find(({ key }) => key.id === id && key.name === name)?.label ?? name;
}

/** What a role is for. */
export function roleDescription({ id, description }: Pick<JumpItemRole, "id" | "description">): string {
  return builtInRoles.find(({ key }) => key.id === id && key.description === description)?.help ?? description;
}
