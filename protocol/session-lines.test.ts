import { expect, test } from "bun:test";
import { readSessionLine } from "./session-lines.ts";

test("a line of the log is known by its words, and what is filled in is taken out of it", () => {
  expect(readSessionLine("Ada (night) started the session")).toEqual({
    line: "{0} started the session",
    values: ["Ada (night)"],
  });
  expect(readSessionLine("Ada moved 12 items (1 failed) to /srv/a to b")).toEqual({
    line: "{0} moved {1} items ({2} failed) to {3}",
    values: ["Ada", "12", "1", "/srv/a to b"],
  });
  expect(readSessionLine("Ada uploaded the folder photos. Checksums match.")?.values).toEqual(["Ada", "photos"]);
  expect(readSessionLine("Ada deleted 3 items")?.line).toBe("{0} deleted {1} items");
});

test("a line of another kind is left as it is", () => {
  for (const text of ["", "Ada: That is not allowed here.", "Ada started the sessions"]) {
    expect(readSessionLine(text)).toBeNull();
  }
});
