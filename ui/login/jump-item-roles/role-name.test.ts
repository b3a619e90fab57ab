import { expect, test } from "bun:test";
import { ADMINISTRATOR_ROLE, START_SESSIONS_ROLE } from "../../../protocol/built-in-roles.ts";
import { roleDescription, roleName } from "./role-name.ts";

test("a role that came with the site is known by its id; one that was renamed, and any other, keeps its name", () => {
  expect(roleName({ id: START_SESSIONS_ROLE, name: "Start sessions only" })).toBe("Start sessions only");
  expect(roleName({ id: ADMINISTRATOR_ROLE, name: "Boss" })).toBe("Boss");
  expect(roleName({ id: "B".repeat(22), name: "Administrator" })).toBe("Administrator");
  expect(roleDescription({ id: ADMINISTRATOR_ROLE, description: "" })).toBe("");
});
