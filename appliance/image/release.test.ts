import { expect, test } from "bun:test";
import { readRelease } from "./release.ts";

test("a release is built with what CHANGELOG.md says of it, and a name that is no release is refused", async () => {
  const changelog = await Bun.file("CHANGELOG.md").text();
  const { version, notes, sourceDate } = await readRelease(null);
  expect(changelog).toContain(`\n## ${version} (`);
  expect(notes.length).toBeGreaterThan(0);
  expect(changelog).toContain(notes[0]!.text);
  expect(sourceDate).toBeGreaterThan(1_700_000_000);
  expect((await readRelease("99.0.0-rc.1")).version).toBe("99.0.0-rc.1");
  const refusal = await readRelease("newest").then(
    () => null,
    (error: Error) => error,
  );
  expect(refusal).toBeInstanceOf(Error);
});
