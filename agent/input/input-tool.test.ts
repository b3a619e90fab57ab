import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeInput, type RemoteInput } from "../../protocol/input.ts";
import type { SessionTool, ToolRequest } from "../session-tool.ts";
import { LoopbackChannel } from "../test/loopback-channel.ts";
import { Painter } from "../test/painter.ts";
import { startVirtualDisplay, type VirtualDisplay } from "../test/virtual-display.ts";
import { createInputToolOn } from "./input-tool.ts";

let display: VirtualDisplay;
let directory: string;
let fileNumber = 0;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "causeway-input-"));
  display = await startVirtualDisplay("1024x768");
});
afterAll(async () => {
  await display[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const toolOn = () => createInputToolOn(() => [display.address]);

async function control(tool: SessionTool, id: number): Promise<LoopbackChannel> {
  const channel = new LoopbackChannel(id, 0);
  const request = { params: {}, channel, signal: new AbortController().signal, progress: () => undefined };
  await tool.handlers["input.open"]!(request as ToolRequest<"input.open">);
  return channel;
}

/** Sends events and waits until the agent has carried them out. */
async function send(channel: LoopbackChannel, ...inputs: readonly RemoteInput[]): Promise<void> {
  const bytes = encodeInput(inputs);
  const before = channel.consumedBytes;
  channel.onData(bytes);
  await eventually(() => channel.consumedBytes >= before + bytes.length || channel.closedWith !== null, "the input");
}

async function eventually(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 8000;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await Bun.sleep(20);
  }
}

const key = (isDown: boolean, code: string, name: string): RemoteInput => ({ kind: "key", isDown, code, key: name });
const tap = (code: string, name: string): RemoteInput[] => [key(true, code, name), key(false, code, name)];

/** A terminal that writes what is typed into it to a file. Its bytes, once `isEnough` finds them so. */
async function typed(type: () => Promise<void>, isEnough: (text: string) => boolean): Promise<string> {
  const file = join(directory, `typed-${fileNumber++}`);
  const terminal = display.start([
    "xterm",
    "-u8",
    "-geometry",
    "80x20+0+0",
    "-e",
    "sh",
    "-c",
    `stty -echo; cat > ${file}`,
  ]);
  try {
    await eventually(
      () =>
        display.run(["xdotool", "search", "--onlyvisible", "--class", "xterm"]).then(
          (found) => found !== "",
          () => false,
        ),
      "xterm",
    );
    await display.run(["xdotool", "mousemove", "200", "100"]);
    await Bun.sleep(250);
    await type();
    const read = () => {
      try {
        return readFileSync(file, "utf8");
      } catch {
        // Not made yet.
        return "";
      }
    };
    await eventually(() => isEnough(read()), `what was typed; there is ${JSON.stringify(read())}`);
    return read();
  } finally {
    terminal.kill("SIGKILL");
    await terminal.exited;
  }
}

const SAMPLE = "Hello, World! äöüß éèç ñ €§ @#{}[]|\\~^`´\"' <>?/ Привет Ωμέγα 日本語 עברית 🙂 ąęł őű čšž";

for (const layout of ["us", "de", "fr", "es", "ru", "gr", "pl", "cz"]) {
  test(`SCREEN-04 any text is typed byte for byte with the remote layout ${layout}`, async () => {
    await display.run(["setxkbmap", layout]);
    using tool = toolOn();
    const channel = await control(tool, 1);
    const text = await typed(
      () => send(channel, { kind: "text", text: `${SAMPLE}\n` }),
      (found) => found.endsWith("\n"),
    );
    expect(text).toBe(`${SAMPLE}\n`);
  }, 30_000);
}

/** A viewer's keys: what its own layout makes of them, whatever the remote one is. */
const GERMAN_KEYS: readonly (readonly [code: string, name: string, modifiers: readonly string[]])[] = [
  ["KeyY", "z", []],
  ["KeyZ", "Y", ["ShiftLeft"]],
  ["Digit7", "/", ["ShiftLeft"]],
  ["KeyQ", "@", ["AltRight"]],
  ["Digit8", "[", ["AltRight"]],
  ["KeyE", "€", ["AltRight"]],
  ["Quote", "ä", []],
  ["Minus", "ß", []],
  ["IntlBackslash", "<", []],
  ["Digit0", "=", ["ShiftLeft"]],
];
const names: Readonly<Record<string, string>> = { ShiftLeft: "Shift", AltRight: "AltGraph" };

for (const layout of ["us", "de", "fr", "ru"]) {
  test(`SCREEN-04 a German keyboard with AltGr types what is printed on it into the remote layout ${layout}`, async () => {
    await display.run(["setxkbmap", layout]);
    using tool = toolOn();
    const channel = await control(tool, 1);
    const text = await typed(
      async () => {
        for (const [code, name, modifiers] of GERMAN_KEYS) {
          for (const modifier of modifiers) await send(channel, key(true, modifier, names[modifier]!));
          await send(channel, ...tap(code, name));
          for (const modifier of modifiers) await send(channel, key(false, modifier, names[modifier]!));
        }
        await send(channel, ...tap("Enter", "Enter"));
      },
      (found) => found.endsWith("\n"),
    );
    expect(text).toBe("zY/@[€äß<=\n");
  }, 30_000);
}

test("SCREEN-04 the layout may change under way, and dead keys come as what they make", async () => {
  await display.run(["setxkbmap", "us"]);
  using tool = toolOn();
  const channel = await control(tool, 1);
  const text = await typed(
    async () => {
      await send(channel, ...tap("KeyY", "y"), ...tap("KeyQ", "ñ"));
      await display.run(["setxkbmap", "de"]);
      await send(
        channel,
        ...tap("KeyY", "y"),
        { kind: "text", text: "ê" },
        ...tap("KeyQ", "ñ"),
        ...tap("Enter", "Enter"),
      );
    },
    (found) => found.endsWith("\n"),
  );
  expect(text).toBe("yñyêñ\n");
}, 30_000);

test("SCREEN-04 Ctrl with a letter reaches a Cyrillic layout by the key's place", async () => {
  await display.run(["setxkbmap", "ru"]);
  using tool = toolOn();
  const channel = await control(tool, 1);
  // Ctrl D ends cat's input: what was typed is there without a new line.
  const text = await typed(
    async () => {
      await send(channel, { kind: "text", text: "ab" });
      await send(
        channel,
        key(true, "ControlLeft", "Control"),
        ...tap("KeyD", "d"),
        key(false, "ControlLeft", "Control"),
      );
    },
    (found) => found === "ab",
  );
  expect(text).toBe("ab");
}, 30_000);

const LEFT_CONTROL = 37;
const LEFT_SHIFT = 50;

test("SCREEN-04 keys and buttons held by a viewer are let go on release, and when its channel closes", async () => {
  await display.run(["setxkbmap", "us"]);
  using tool = toolOn();
  const [anna, ben] = [await control(tool, 1), await control(tool, 2)];
  using screen = new Painter(display.address);
  await send(anna, key(true, "ControlLeft", "Control"), key(true, "ShiftLeft", "Shift"));
  await send(ben, key(true, "ShiftLeft", "Shift"));
  expect(screen.keysDown()).toEqual([LEFT_CONTROL, LEFT_SHIFT]);
  await send(anna, { kind: "release" });
  expect(screen.keysDown()).toEqual([LEFT_SHIFT]);
  ben.close();
  await eventually(() => screen.keysDown().length === 0, "everything to be let go");
  await send(anna, { kind: "button", button: 1, isDown: true }, key(true, "AltLeft", "Alt"));
  expect(screen.keysDown().length).toBe(1);
  tool[Symbol.dispose]();
  await eventually(() => screen.keysDown().length === 0, "everything to be let go at the session's end");
}, 20_000);

test("SCREEN-04 what one viewer holds does not change what another types", async () => {
  await display.run(["setxkbmap", "us"]);
  using tool = toolOn();
  const [anna, ben] = [await control(tool, 1), await control(tool, 2)];
  const text = await typed(
    async () => {
      await send(anna, key(true, "ShiftLeft", "Shift"), key(true, "ControlLeft", "Control"));
      await send(ben, ...tap("KeyA", "a"), ...tap("KeyB", "b"));
      await send(anna, key(false, "ControlLeft", "Control"), key(false, "ShiftLeft", "Shift"));
      await send(ben, ...tap("Enter", "Enter"));
    },
    (found) => found.endsWith("\n"),
  );
  expect(text).toBe("ab\n");
}, 20_000);

test("SCREEN-04 the pointer goes where it is sent, and parts of a wheel's notch add up", async () => {
  using tool = toolOn();
  const channel = await control(tool, 1);
  await send(channel, { kind: "move", x: 612, y: 345 });
  expect(await display.run(["xdotool", "getmouselocation"])).toStartWith("x:612 y:345 ");
  await display.run(["setxkbmap", "us"]);
  const file = join(directory, "events");
  const watcher = display.start(["sh", "-c", `exec xev -geometry 400x400+500+200 -event button > ${file}`]);
  await Bun.sleep(500);
  await send(channel, { kind: "move", x: 700, y: 400 });
  for (let part = 0; part < 6; part++) await send(channel, { kind: "wheel", deltaX: 0, deltaY: 40 });
  await send(channel, { kind: "button", button: 3, isDown: true }, { kind: "button", button: 3, isDown: false });
  const presses = () =>
    [...readFileSync(file, "utf8").matchAll(/ButtonPress[\s\S]*?button (\d)/g)].map((found) => found[1]);
  await eventually(() => presses().includes("3"), "the click");
  expect(presses()).toEqual(["5", "5", "3"]);
  watcher.kill("SIGKILL");
}, 20_000);

test("bytes that are no input end the channel, and those of others go on", async () => {
  using tool = toolOn();
  const [bad, good] = [await control(tool, 1), await control(tool, 2)];
  bad.onData(new Uint8Array([99, 1, 2, 3]));
  await eventually(() => bad.closedWith === "message.malformed", "the channel's end");
  await send(good, { kind: "move", x: 5, y: 6 });
  expect(good.closedWith).toBeNull();
});

test("without a display the refusal says so", async () => {
  using tool = createInputToolOn(() => []);
  await expect(control(tool, 1)).rejects.toMatchObject({ code: "display.none" });
});
