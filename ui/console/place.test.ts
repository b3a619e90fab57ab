import { expect, test } from "bun:test";
import { hashOf, home, placeOf } from "./place.ts";

const session = "aB3_-6789012345678901A";

test("every place is found again from its address", () => {
  for (const place of [home, { kind: "session", session } as const]) expect(placeOf(hashOf(place))).toEqual(place);
});

test("an address that names nothing we know is the home", () => {
  for (const hash of ["", "#", "#session/", "#session/short", `#session/${session}x`, "#session/../../x", "#<script>"])
    expect(placeOf(hash)).toEqual(home);
});
