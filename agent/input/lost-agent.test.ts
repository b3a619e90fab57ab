import { expect, test } from "bun:test";
import { join } from "node:path";
import { Painter } from "../test/painter.ts";
import { startVirtualDisplay } from "../test/virtual-display.ts";
import type { DisplayAddress } from "../x11/connection.ts";

const at = (path: string): string => JSON.stringify(join(import.meta.dir, path));

/** An agent that holds a key down for a representative, for ever. */
const holdingAgent = (address: DisplayAddress): string => `
  import { encodeInput } from ${at("../../protocol/input.ts")};
  import { LoopbackChannel } from ${at("../test/loopback-channel.ts")};
  import { createInputToolOn } from ${at("input-tool.ts")};
  const tool = createInputToolOn(() => [${JSON.stringify(address)}]);
  const channel = new LoopbackChannel(1, 0);
  const beside = { signal: new AbortController().signal, progress: () => undefined };
  await tool.handlers["input.open"]({ params: {}, channel, ...beside });
  channel.onData(encodeInput([{ kind: "key", isDown: true, code: "KeyA", key: "a" }]));
  setInterval(() => undefined, 1000);
`;

test("SCREEN-04 what a representative holds down is let go even when the agent itself is killed", async () => {
  await using display = await startVirtualDisplay("640x480");
  using painter = new Painter(display.address);
  // The runner of the tests takes care that nothing outlives it, by a variable: what an agent starts would be killed with it.
  const { BUN_FEATURE_FLAG_NO_ORPHANS: _, ...env } = process.env;
  const agent = Bun.spawn([process.execPath, "-e", holdingAgent(display.address)], { env });
  try {
    while (painter.keysDown().length === 0 && agent.exitCode === null) await Bun.sleep(20);
    expect(painter.keysDown()).toHaveLength(1);
  } finally {
    agent.kill("SIGKILL");
  }
  while (painter.keysDown().length > 0) await Bun.sleep(20);
}, 20_000);
