import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "bun:test";
import { recordServerStart } from "./server-start.ts";

const folder = mkdtempSync(join(tmpdir(), "causeway-server-start-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that does what the script says, whatever it is asked. */
function script(text: string): string {
  const path = join(folder, "program");
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

const problemOf = async (program: string, order: string): Promise<string> =>
  recordServerStart(program, order).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );

test("a program whose start cannot be seen stops the build with its own words", async () => {
  const order = join(folder, "order");
  expect(await problemOf(script("echo The disk is full. >&2; exit 1"), order)).toContain("The disk is full.");
  const starts = 'if [ "$1" = setup ]; then exit 0; fi\necho The port is taken.; exit 3';
  expect(await problemOf(script(starts), order)).toContain("The port is taken.");
  expect(existsSync(order)).toBe(false);
});
