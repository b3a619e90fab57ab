import { expect, test } from "bun:test";
import { copiedInstallerIn, NEW_INSTALLER_PATH, objectIn, objectPath, placeAt, places, placesFor } from "./places.ts";

test("each place is found by its address, with or without a slash at the end", () => {
  for (const [name, { path }] of Object.entries(places)) {
    expect(placeAt(path)).toBe(name as never);
    expect(placeAt(`${path}/`)).toBe(name as never);
  }
  expect(placeAt(NEW_INSTALLER_PATH)).toBe("jumpClients");
  expect(placeAt(`${NEW_INSTALLER_PATH}/abc`)).toBe("jumpClients");
  expect(copiedInstallerIn(`${NEW_INSTALLER_PATH}/abc`)).toBe("abc");
  expect(copiedInstallerIn(NEW_INSTALLER_PATH)).toBeNull();
  expect(placeAt("/login/nowhere")).toBeNull();
});

test("one sees the places one may, and always one's own account", () => {
  expect(placesFor(() => false)).toEqual(["account"]);
  expect(placesFor((permission) => permission === "audit.view")).toEqual(["account", "auditLog"]);
  expect(placesFor((permission) => permission === "installers.manage")).toEqual(["account", "jumpClients"]);
  expect(placesFor(() => true)).toHaveLength(Object.keys(places).length);
});

test("a policy's own address leads to its place and names the policy", () => {
  const path = objectPath("groupPolicies", "0198c0de-0000-7000-8000-000000000001");
  expect(placeAt(path)).toBe("groupPolicies");
  expect(objectIn("groupPolicies", path)).toBe("0198c0de-0000-7000-8000-000000000001");
  expect(objectIn("groupPolicies", places.groupPolicies.path)).toBeNull();
  expect(objectIn("users", path)).toBeNull();
  expect(placeAt("/login/audit-log/1")).toBeNull();
});
