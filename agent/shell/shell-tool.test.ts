import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SHELL_REPLAY_BYTES } from "../../protocol/messages/shell.ts";
import { LaneViewer, type ViewerChannel } from "../test/lane-viewer.ts";
import { makeId } from "../test/test-site.ts";
import { TestClock } from "../test/test-clock.ts";
import { findLoginShell } from "./login-shell.ts";
import { readSession } from "./process-session.ts";
import { UNWATCHED_HOLD_MS } from "./shell.ts";
import { createShellToolOn, MAX_SHELLS } from "./shell-tool.ts";

setDefaultTimeout(30_000);

const directory = mkdtempSync(join(tmpdir(), "causeway-shell-"));
afterAll(() => rmSync(directory, { recursive: true }));

// A home of its own: what stands in the files of whoever runs the tests must neither slow nor break them.
const account = { name: "somebody", uid: 4242, gid: 4242, home: directory, shell: "/bin/bash" };
const createShellTool = createShellToolOn(() => findLoginShell(4242, [account]));

const size = { rows: 24, columns: 80 };

/** A session with one shell at its prompt, quiet: no echo, no prompt, so that output is what programs write. */
async function openQuietShell(viewer: LaneViewer, writer = makeId()) {
  const opened = await viewer.ask("shell.open", { ...size, writer });
  await opened.channel.writeAll(
    "PS1= PS2=; bind 'set enable-bracketed-paste off' 2>/dev/null; stty -echo; echo re''ady\n",
  );
  await opened.channel.until(({ text }) => text.includes("ready\r\n"));
  return { ...opened, writer };
}

async function run(channel: ViewerChannel, command: string, until: string): Promise<void> {
  await channel.writeAll(`${command}\n`);
  await channel.until(({ text }) => text.includes(until));
}

test("CMD-01 a line typed locally is executed at the endpoint and its output comes back", async () => {
  using viewer = new LaneViewer(createShellTool);
  const { channel, outputOffset, inputOffset, title } = await viewer.ask("shell.open", { ...size, writer: makeId() });
  expect([outputOffset, inputOffset]).toEqual([0, 0]);
  expect(title).toMatch(/^[a-z]+ 1$/);
  await run(channel, "echo six times seven is $((6*7))", "six times seven is 42");
});

test("CMD-01 the shell has a real terminal of the size asked for, and follows it", async () => {
  using viewer = new LaneViewer(createShellTool);
  const { channel, shell } = await viewer.ask("shell.open", { rows: 31, columns: 97, writer: makeId() });
  await run(channel, "stty size; echo $TERM; test -t 0 && echo is''tty", "istty");
  expect(channel.text).toContain("31 97\r\n");
  expect(channel.text).toContain("xterm-256color\r\n");
  await viewer.ask("shell.resize", { shell, rows: 12, columns: 40 });
  await run(channel, "stty size", "12 40\r\n");
});

test("CMD-02 CMD-06 several shells stand side by side and know nothing of each other", async () => {
  using viewer = new LaneViewer(createShellTool);
  const opened = await Promise.all([1, 2, 3].map(() => openQuietShell(viewer)));
  for (const [at, { channel }] of opened.entries()) await run(channel, `mine=${at}; cd /; echo set''${at}`, `set${at}`);
  for (const [at, { channel }] of opened.entries()) await run(channel, "echo mine is $mine", `mine is ${at}\r\n`);
  const { shells } = await viewer.ask("shell.list", {});
  expect(shells.map(({ shell }) => shell).sort()).toEqual(opened.map(({ shell }) => shell).sort());
});

test("CMD-05 ending a shell ends its program and everything it started", async () => {
  using viewer = new LaneViewer(createShellTool);
  const { channel, shell } = await openQuietShell(viewer);
  await run(channel, "echo pid=$$; sleep 1000 & (trap '' HUP; sleep 1000) & sleep 0.1; echo jo''bs", "jobs");
  const pid = Number(/pid=(\d+)/.exec(channel.text)?.[1]);
  expect(readSession(pid).length).toBeGreaterThanOrEqual(3);
  await viewer.ask("shell.end", { shell });
  await channel.until(({ closeReason }) => closeReason !== null);
  expect(channel.closeReason).toBe("");
  expect(viewer.events).toContainEqual(expect.objectContaining({ type: "shell.exited", shell }));
  while (readSession(pid).length > 0) await Bun.sleep(50);
  expect((await viewer.ask("shell.list", {})).shells).toEqual([]);
});

test("a shell's end shows its number", async () => {
  using viewer = new LaneViewer(createShellTool);
  const { channel, shell } = await openQuietShell(viewer);
  await channel.writeAll("exit 7\n");
  await channel.until(({ closeReason }) => closeReason !== null);
  expect(viewer.events).toContainEqual({ type: "shell.exited", shell, exitCode: 7 });
});

test("the output of a shell that ended while nobody was connected is still told", async () => {
  using viewer = new LaneViewer(createShellTool);
  const { channel, shell, writer } = await openQuietShell(viewer);
  const outputOffset = channel.receivedBytes;
  await channel.writeAll("sleep 0.2; echo last words; exit 3\n");
  viewer.cut();
  while ((await viewer.ask("shell.list", {})).shells.length > 0) await Bun.sleep(20);
  viewer.events.length = 0;
  const again = await viewer.ask("shell.open", { ...size, shell, writer, outputOffset });
  await again.channel.until(({ closeReason }) => closeReason !== null);
  expect(again.channel.text).toStartWith("last words\r\n");
  expect(viewer.events).toEqual([{ type: "shell.exited", shell, exitCode: 3 }]);
});

const linesOf = (byteCount: number) => {
  const lines: string[] = [];
  for (let at = 0, length = 0; length < byteCount; at += 1)
    length += lines[lines.push(`line ${at} ${"x".repeat(60)}`) - 1]!.length + 1;
  return lines;
};
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

test("CMD-02 BG-17 a slow console loses not one byte of ten megabytes, and the agent keeps no more than its ring", async () => {
  using viewer = new LaneViewer(createShellTool);
  const { channel } = await openQuietShell(viewer);
  const before = channel.receivedBytes;
  const byteCount = 10_000_000;
  let owed = 0;
  let most = 0;
  channel.onData = (bytes) => (owed += bytes.length);
  // A console that paints 128 KiB at a time, now and then.
  const painting = setInterval(() => {
    most = Math.max(most, owed);
    const painted = Math.min(owed, 128 << 10);
    owed -= painted;
    if (painted > 0) channel.grant(painted);
  }, 2);
  await channel.writeAll(`seq 1 100000000 | head -c ${byteCount}; echo; echo do''ne\n`);
  await channel.until(({ received }) => received.at(-1)?.toString().endsWith("done\r\n") ?? false);
  clearInterval(painting);
  let expected = "";
  for (let at = 1; expected.length < byteCount; at += 1) expected += `${at}\n`;
  const wanted = `${expected.slice(0, byteCount)}\ndone\n`.replaceAll("\n", "\r\n");
  const got = Buffer.concat(channel.received).subarray(before).toString();
  expect(got.length).toBe(wanted.length);
  expect(sha256(got)).toBe(sha256(wanted));
  expect(most).toBeLessThanOrEqual(1 << 20);
});

test("BG-18 BG-17 a paste of 1 MB arrives whole and the shell answers at once after it", async () => {
  using viewer = new LaneViewer(createShellTool);
  const { channel } = await openQuietShell(viewer);
  const file = join(directory, "pasted");
  const text = `${linesOf(1_000_000).join("\n")}\n`;
  await run(channel, `echo beg''un; cat > ${file}`, "begun");
  await channel.writeAll(text);
  await channel.writeAll("\x04");
  await run(channel, "echo al''ive", "alive");
  expect(sha256(readFileSync(file, "utf8"))).toBe(sha256(text));
});

test("BG-17 BG-18 ten pastes in a row, each into a terminal that is full most of the time, none stands still", async () => {
  using viewer = new LaneViewer(createShellTool);
  const { channel } = await openQuietShell(viewer);
  const text = `${linesOf(200_000).join("\n")}\n`;
  for (let round = 0; round < 10; round += 1) {
    await run(channel, `echo beg''un ${round}; md5sum; echo en''d ${round}`, `begun ${round}\r\n`);
    await channel.writeAll(`${text}\x04`);
    await channel.until((one) => one.text.includes(`end ${round}\r\n`));
  }
  const hash = createHash("md5").update(text).digest("hex");
  expect(channel.text.split(hash)).toHaveLength(11);
});

test("BG-17 input for a program that does not read waits within its credit, and is not lost", async () => {
  using viewer = new LaneViewer(createShellTool);
  const { channel } = await openQuietShell(viewer);
  const text = `${linesOf(200_000).join("\n")}\n`;
  // Before a command runs the shell itself reads ahead; what comes after it has begun is the command's.
  await run(channel, "echo beg''un; sleep 0.5; wc -c", "begun");
  await channel.writeAll(text);
  await channel.writeAll("\x04");
  await channel.until((one) => one.text.includes(`${text.length}\r\n`));
});

test("BG-19 a console that comes back is sent every byte it has not seen", async () => {
  using viewer = new LaneViewer(createShellTool);
  const { channel, shell, writer } = await openQuietShell(viewer);
  const start = channel.receivedBytes;
  await channel.writeAll("seq 1 200000; echo do''ne\n");
  let output = "";
  let current = channel;
  for (const cutAt of [50_000, 300_000, 700_000]) {
    await current.until((one) => start + output.length + one.text.length > cutAt + start);
    output += current === channel ? current.text.slice(start) : current.text;
    viewer.cut();
    await Bun.sleep(30);
    const again = await viewer.ask("shell.open", { ...size, shell, writer, outputOffset: start + output.length });
    expect(again.outputOffset).toBe(start + output.length);
    current = again.channel;
  }
  await current.until((one) => (output + one.text).endsWith("done\r\n"));
  output += current.text;
  const wanted = `${Array.from({ length: 200_000 }, (_, at) => at + 1).join("\n")}\ndone\n`.replaceAll("\n", "\r\n");
  const same = [...wanted].findIndex((character, at) => output[at] !== character);
  expect({ from: output.slice(same - 20, same + 40), length: output.length }).toEqual({
    from: wanted.slice(same - 20, same + 40),
    length: wanted.length,
  });
  expect(sha256(output)).toBe(sha256(wanted));
});

test("while nobody is connected a talkative program waits rather than pushing out what was not seen", async () => {
  using viewer = new LaneViewer(createShellTool);
  const { channel, shell, writer } = await openQuietShell(viewer);
  const outputOffset = channel.receivedBytes;
  await channel.writeAll("seq 1 600000; echo do''ne\n");
  viewer.cut();
  await Bun.sleep(700);
  const again = await viewer.ask("shell.open", { ...size, shell, writer, outputOffset });
  expect(again.outputOffset).toBe(outputOffset);
  await again.channel.until((one) => one.text.endsWith("done\r\n"));
  expect(again.channel.text.startsWith("1\r\n2\r\n3\r\n")).toBe(true);
  expect(again.channel.text.split("\r\n").length).toBe(600_002);
});

test("a program nobody watches waits ten minutes with a full ring, and then runs on and pushes out the oldest", async () => {
  const clock = new TestClock();
  using viewer = new LaneViewer(createShellToolOn(() => findLoginShell(4242, [account]), clock));
  const { channel, shell, writer } = await openQuietShell(viewer);
  const outputOffset = channel.receivedBytes;
  const flag = join(directory, "ran-on");
  await channel.writeAll(`seq 1 600000; touch ${flag}; echo do''ne\n`);
  viewer.cut();
  await Bun.sleep(300);
  clock.advance(UNWATCHED_HOLD_MS - 1);
  await Bun.sleep(300);
  expect(existsSync(flag)).toBe(false);
  clock.advance(1);
  while (!existsSync(flag)) await Bun.sleep(10);
  const again = await viewer.ask("shell.open", { ...size, shell, writer, outputOffset });
  expect(again.outputOffset).toBeGreaterThan(outputOffset);
  await again.channel.until((one) => one.text.endsWith("done\r\n"));
});

test("a program whose console comes back within ten minutes is waited for anew", async () => {
  const clock = new TestClock();
  using viewer = new LaneViewer(createShellToolOn(() => findLoginShell(4242, [account]), clock));
  const { channel, shell, writer } = await openQuietShell(viewer);
  const outputOffset = channel.receivedBytes;
  await channel.writeAll("seq 1 600000; echo do''ne\n");
  viewer.cut();
  clock.advance(UNWATCHED_HOLD_MS - 1);
  await viewer.ask("shell.open", { ...size, shell, writer, outputOffset });
  viewer.cut();
  clock.advance(UNWATCHED_HOLD_MS - 1);
  const again = await viewer.ask("shell.open", { ...size, shell, writer, outputOffset });
  expect(again.outputOffset).toBe(outputOffset);
});

test("input that a broken connection swallowed is known by its offset, so it is sent again once and never twice", async () => {
  using viewer = new LaneViewer(createShellTool);
  const { channel, shell, writer } = await openQuietShell(viewer);
  const typedBefore = (await viewer.ask("shell.open", { ...size, shell, writer })).inputOffset;
  await channel.writeAll("echo one\n");
  viewer.cut();
  // "echo two" was typed while the connection was gone: the reply says it never came.
  const again = await viewer.ask("shell.open", { ...size, shell, writer, outputOffset: 0 });
  expect(again.inputOffset - typedBefore).toBe("echo one\n".length);
  await run(again.channel, "echo two", "two\r\n");
  expect(again.channel.text.match(/one\r\n/g)).toHaveLength(1);
  const other = await viewer.ask("shell.open", { ...size, shell, writer: makeId() });
  expect(other.inputOffset).toBe(0);
});

test("a viewer that falls behind a faster one is told so, and learns what it missed by the offset", async () => {
  using viewer = new LaneViewer(createShellTool);
  const { channel, shell } = await openQuietShell(viewer);
  const slow = await viewer.ask("shell.open", { ...size, shell, writer: makeId() });
  slow.channel.onData = () => undefined;
  await channel.writeAll("seq 1 1000000; echo do''ne\n");
  await channel.until(({ received }) => received.at(-1)?.toString().endsWith("done\r\n") ?? false);
  expect(slow.channel.closeReason).toBe("channel.overflow");
  const again = await viewer.ask("shell.open", {
    ...size,
    shell,
    writer: makeId(),
    outputOffset: slow.channel.receivedBytes,
  });
  expect(again.outputOffset).toBe(channel.receivedBytes - SHELL_REPLAY_BYTES);
});

test(`a session has at most ${MAX_SHELLS} shells, and an unknown one is refused`, async () => {
  using viewer = new LaneViewer(createShellTool);
  for (let at = 0; at < MAX_SHELLS; at += 1) await viewer.ask("shell.open", { ...size, writer: makeId() });
  await expect(viewer.ask("shell.open", { ...size, writer: makeId() })).rejects.toThrow("request.too_many");
  await expect(viewer.ask("shell.open", { ...size, writer: makeId(), shell: makeId() })).rejects.toThrow(
    "shell.unknown",
  );
});

test("the shell's environment is its own, not the agent's", async () => {
  process.env["CAUSEWAY_TEST_SECRET"] = "not for shells";
  using viewer = new LaneViewer(createShellTool);
  const { channel } = await openQuietShell(viewer);
  await run(channel, "env; echo do''ne", "done");
  delete process.env["CAUSEWAY_TEST_SECRET"];
  expect(channel.text).not.toContain("CAUSEWAY");
  expect(channel.text).toContain("LOGNAME=somebody\r\n");
});
