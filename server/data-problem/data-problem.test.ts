import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDataProblem, serveDataProblem } from "./data-problem.ts";

test("without a note, or with an empty one, there is nothing to tell or no more than the fact", () => {
  const folder = mkdtempSync(join(tmpdir(), "causeway-data-problem-"));
  const file = join(folder, "data-problem");
  expect(readDataProblem(file)).toBeNull();
  writeFileSync(file, "\n");
  expect(readDataProblem(file)).toBe("The data partition cannot be written.");
  writeFileSync(file, "The data partition is damaged.\n");
  expect(readDataProblem(file)).toBe("The data partition is damaged.");
  rmSync(folder, { recursive: true });
});

test("a damaged data partition is told at every address, to people and to programs, and never as markup", async () => {
  const place = { hostname: "127.0.0.1", port: 0, now: new Date() };
  await using served = serveDataProblem("It is <b>damaged</b>.", place);
  const ask = (path: string, method = "GET"): Promise<Response> =>
    fetch(`https://127.0.0.1:${served.port}${path}`, { method, tls: { rejectUnauthorized: false } });
  for (const path of ["/", "/login", "/appliance/updates", "/../../etc/passwd"]) {
    const response = await ask(path);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("It is &lt;b&gt;damaged&lt;/b&gt;.");
  }
  const response = await ask("/api/login/sign-in", "POST");
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ code: "system.unavailable", message: "It is <b>damaged</b>." });
});
