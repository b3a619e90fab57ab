import { expect, test } from "bun:test";
import { noRooms, PASSWORD, startTestServer } from "../test/test-server.ts";

test("NA22 two hundred sign-ins at once: those that fit get in, the others are told at once, and memory stays bounded", async () => {
  await using site = await startTestServer({ openRooms: noRooms });
  const before = process.memoryUsage.rss();
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) => {
      const body = { username: `name-${index}`, password: PASSWORD };
      return site.browser().refusal("POST", "/api/login/sign-in", { body });
    }),
  );
  const codes = new Set(answers.map(({ code }) => code));
  for (const code of codes) expect(["sign_in.failed", "request.too_many", "sign_in.throttled"]).toContain(code);
  expect(
    answers.filter(({ code }) => code === "request.too_many" || code === "sign_in.throttled").length,
  ).toBeGreaterThan(100);
  // Two hashes of 19 MiB run at once, whatever waits.
  expect(process.memoryUsage.rss() - before).toBeLessThan(200 << 20);
});
