import { expect, test } from "bun:test";
import { readSeed } from "./first-boot.ts";

test("the example that administrators copy is taken as it stands", async () => {
  const page = await Bun.file("docs/admin/install-hypervisors.md").text();
  const [, example = ""] = /```json\n([\s\S]*?)```/u.exec(page) ?? [];
  const found = readSeed(new Map([["causeway.json", example]]));
  expect(found?.data).toMatchObject({ hostname: "support.example.com", timeZone: "Europe/Berlin" });
});
