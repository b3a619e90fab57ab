import { expect, test } from "bun:test";
import { NEW_INSTALLER_PATH, placeAt, places, placesFor } from "./places.ts";

test("each place is found by its address, with or without a slash at the end", () => {
  for (const [name, { path }] of Object.entries(places)) {
    expect(placeAt(path)).toBe(name as never);
    expect(placeAt(`${path}/`)).toBe(name as never);
  }
  expect(placeAt(NEW_INSTALLER_PATH)).toBe("jumpClients");
  expect(placeAt("/login/nowhere")).toBeNull();
});

test("one sees the places one may, and always one's own account", () => {
  expect(placesFor(() => false)).toEqual(["account"]);
  expect(placesFor((permission) => permission === "audit.view")).toEqual(["account", "auditLog"]);
  expect(placesFor(() => true)).toHaveLength(Object.keys(places).length);
});
