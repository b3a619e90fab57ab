import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { VirtualDesktop } from "./virtual-desktop.ts";

async function answers(environment: Readonly<Record<string, string>>): Promise<boolean> {
  const child = Bun.spawn(["xset", "q"], {
    env: { ...process.env, ...environment },
    stdout: "ignore",
    stderr: "ignore",
  });
  return (await child.exited) === 0;
}

test("a virtual desktop lets in who has its cookie, and leaves nothing behind", async () => {
  const desktop = await VirtualDesktop.start({ width: 640, height: 480 });
  const { DISPLAY, XAUTHORITY } = desktop.environment;
  try {
    expect(await answers(desktop.environment)).toBe(true);
    expect(await answers({ DISPLAY, XAUTHORITY: "/dev/null" })).toBe(false);
  } finally {
    await desktop[Symbol.asyncDispose]();
  }
  expect(await answers(desktop.environment)).toBe(false);
  expect(existsSync(XAUTHORITY)).toBe(false);
});

test("what runs on a desktop ends with it", async () => {
  const desktop = await VirtualDesktop.start({ width: 640, height: 480 });
  const program = desktop.open(["xterm"]);
  await desktop[Symbol.asyncDispose]();
  expect(program.hasExited).toBe(true);
});
