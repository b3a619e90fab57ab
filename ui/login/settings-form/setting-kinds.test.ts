import { expect, test } from "bun:test";
import { accountSettingNames } from "../../../protocol/account-settings.ts";
import type { Permission } from "../../../protocol/permissions.ts";
import { kindOf, mayGive } from "./setting-kinds.ts";

test("one may give what one holds, session permissions by changing session policies, and all else that is no right", () => {
  const held: ReadonlySet<Permission> = new Set<Permission>(["users.edit", "session.join"]);
  const given = accountSettingNames.filter((name) => mayGive(name, (permission) => held.has(permission)));
  expect(given.filter((name) => kindOf(name) === "permission")).toEqual(["users.edit", "session.join"]);
  expect(given).toContain("signInSchedule");
  expect(mayGive("attendedSessionPolicy", () => false)).toBe(false);
  expect(mayGive("attendedSessionPolicy", (permission) => permission === "session-policies.edit")).toBe(true);
});
