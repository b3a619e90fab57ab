import { expect, test } from "bun:test";
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import { encodeInput } from "../../protocol/input.ts";
import { createInputToolOn } from "../input/input-tool.ts";
import type { ToolRequest } from "../session-tool.ts";
import { LoopbackChannel } from "../test/loopback-channel.ts";
import { startVirtualDisplay } from "../test/virtual-display.ts";
import { CustomerConsent } from "./customer-consent.ts";

test("JUMP-13 a representative in control cannot answer in the customer's place", async () => {
  await using display = await startVirtualDisplay();
  using consent = new CustomerConsent(() => [{ ...display.address, locale: null }]);
  const answers: ConsentAnswer[] = [];
  consent.onAnswer((_, answer) => answers.push(answer));
  using tool = createInputToolOn(
    () => [display.address],
    () => consent.isAsking,
  );
  const channel = new LoopbackChannel(1, 0);
  const request = { params: {}, channel, signal: new AbortController().signal, progress: () => undefined };
  await tool.handlers["input.open"]!(request as ToolRequest<"input.open">);
  const texts = { siteName: "Site", representative: "Rosa", wish: "Download from the customer" };
  consent.ask({ consent: "C".repeat(22), ...texts, timeoutSeconds: 3 });
  await Bun.sleep(1500);
  const escape = (isDown: boolean) => ({ kind: "key", isDown, code: "Escape", key: "Escape" }) as const;
  const enter = (isDown: boolean) => ({ kind: "key", isDown, code: "Enter", key: "Enter" }) as const;
  const bytes = encodeInput([enter(true), enter(false), escape(true), escape(false)]);
  channel.onData(bytes);
  expect(channel.consumedBytes).toBe(bytes.length);
  while (answers.length === 0) await Bun.sleep(50);
  expect(answers).toEqual(["unanswered"]);
});
