import { expect, test } from "bun:test";
import { sessionPermissions } from "../../protocol/permissions.ts";
import { actorOf, ALLOW, ASK, DENY, NOON, policiesOf, role } from "../test/test-policies.ts";
import { permissionsOf } from "./permissions-of.ts";

const policies = policiesOf({ jumpItemRoles: [role("starts", "jump-items.view", "session.start")] });

test("an account's permissions are its own, its roles' wherever they hold, and those of its sessions", () => {
  const deny = Object.fromEntries(sessionPermissions.map((name) => [name, DENY]));
  const grants = { ...deny, "shell.use": ALLOW, "screen.view": ASK };
  const attendedSessionPolicy = { kind: "custom", rules: { grants, prompting: null } } as const;
  const unattendedSessionPolicy = { kind: "custom", rules: { grants: deny, prompting: null } } as const;
  const own = { "users.view": true, personalJumpItemRole: "starts", attendedSessionPolicy, unattendedSessionPolicy };
  expect<string[]>(permissionsOf(actorOf(policies, { own }), policies, NOON).toSorted()).toEqual(
    ["console.use", "jump-items.view", "screen.view", "session.start", "shell.use", "users.view"].toSorted(),
  );
});

test("an account without the console has none of Jump Items and sessions", () => {
  const own = { "console.use": false, "users.view": true, systemJumpItemRole: "starts" };
  expect(permissionsOf(actorOf(policies, { own }), policies, NOON)).toEqual(["users.view"]);
});
