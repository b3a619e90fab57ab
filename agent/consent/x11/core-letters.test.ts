import { expect, test } from "bun:test";
import { startVirtualDisplay } from "../../test/virtual-display.ts";
import { X11Connection } from "../../x11/connection.ts";
import { CoreLetters } from "./core-letters.ts";

test("the X server's own letters show Western languages, and say that they lack others", async () => {
  await using display = await startVirtualDisplay();
  using connection = new X11Connection(display.address);
  using letters = new CoreLetters(connection);
  expect(letters.canShow("Darf Zoë Ihren Bildschirm sehen? ¿Sí…")).toBe(true);
  expect(letters.canShow("画面")).toBe(false);
  expect(letters.canShow("Иван")).toBe(false);
  expect(letters.widthOf("wide text")).toBeGreaterThan(letters.widthOf("text"));
  letters.write(connection.root, { text: "画 Zoë", style: "text", x: 10, baseline: 20 }, 0xffffff);
  connection.sync();
  expect(connection.isLost).toBe(false);
});
