import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileProgram, workersIn } from "./binaries.ts";

const folder = mkdtempSync(join(tmpdir(), "causeway-compile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PROGRAM = `
const attempt = (f) => { try { return String(f()); } catch (error) { return error.name; } };
const worker = new Worker(new URL("./deep/echo-worker.ts", import.meta.url));
worker.onmessage = ({ data }) => {
  console.log(JSON.stringify({
    evaluated: attempt(() => (0, eval)("1 + 1")),
    built: attempt(() => new Function("return 2")()),
    secret: process.env["SECRET_OF_THE_FOLDER"] ?? null,
    preloaded: "preloaded" in globalThis,
    mode: process.env.NODE_ENV,
    version: process.env["CAUSEWAY_VERSION"],
    worker: data,
  }));
  process.exit(0);
};
`;

test("NA1 a compiled program runs no code from text and takes nothing from the folder it is started in", async () => {
  const source = join(folder, "program");
  const hostile = join(folder, "hostile");
  mkdirSync(join(source, "deep"), { recursive: true });
  mkdirSync(hostile);
  writeFileSync(join(source, "main.ts"), PROGRAM);
  writeFileSync(join(source, "deep/echo-worker.ts"), 'postMessage("here");');
  writeFileSync(join(hostile, ".env"), "SECRET_OF_THE_FOLDER=read");
  writeFileSync(join(hostile, "bunfig.toml"), 'preload = ["./preload.ts"]');
  writeFileSync(join(hostile, "preload.ts"), "globalThis.preloaded = true;");
  const binary = join(folder, "binary");
  await compileProgram(source, binary, null);
  const { NODE_ENV: _, ...environment } = process.env;
  const child = Bun.spawn([binary], { cwd: hostile, env: environment, stdout: "pipe", stderr: "inherit" });
  expect(JSON.parse(await new Response(child.stdout).text())).toEqual({
    evaluated: "EvalError",
    built: "EvalError",
    secret: null,
    preloaded: false,
    mode: "production",
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    worker: "here",
  });
});

test("workers are found by their name, wherever they lie", () => {
  mkdirSync(join(folder, "many/a/b"), { recursive: true });
  for (const name of ["one-worker.ts", "a/b/two-worker.ts", "a/worker.ts"])
    writeFileSync(join(folder, "many", name), "");
  expect(workersIn(join(folder, "many"))).toEqual([
    join(folder, "many/a/b/two-worker.ts"),
    join(folder, "many/one-worker.ts"),
  ]);
});
