import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { createLog } from "../log.ts";
import { openNotifySink } from "../test/notify-sink.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { openServiceManager, readServiceManager } from "./service-manager.ts";

const quietLog = (lines: string[] = []) =>
  createLog(
    (line) => lines.push(line),
    () => new Date(0),
  );
const alive = async (): Promise<void> => undefined;

describe("the service manager", () => {
  test.each(["path", "abstract"])("is told of readiness, life and the end, by %s", async (kind) => {
    using directory = temporaryDirectory();
    const socket = kind === "path" ? join(directory.path, "notify") : `@causeway-test-${process.pid}-${Date.now()}`;
    await using sink = await openNotifySink(socket);
    using manager = await openServiceManager({ socket, watchdogMs: 40 }, alive, quietLog());
    manager.ready("Serving on\nport 443");
    expect(await sink.next()).toBe("READY=1\nSTATUS=Serving on port 443");
    for (let count = 0; count < 4; count += 1) expect(await sink.next()).toBe("WATCHDOG=1");
    manager.stopping();
    const told = [await sink.next(), await sink.next()];
    expect(told).toContain("STOPPING=1\nSTATUS=Stopping");
  });

  test("hears no sign of life while the database does not answer, or answers with an error", async () => {
    using directory = temporaryDirectory();
    const socket = join(directory.path, "notify");
    await using sink = await openNotifySink(socket);
    const lines: string[] = [];
    const answers = [Promise.resolve(), Promise.reject(new Error("disk I/O error")), new Promise(() => undefined)];
    void answers[1]!.catch(() => undefined);
    let asked = 0;
    const isAlive = async () => await answers[Math.min(asked++, 2)];
    using manager = await openServiceManager({ socket, watchdogMs: 20 }, isAlive, quietLog(lines));
    manager.ready("Serving");
    expect(await sink.next()).toStartWith("READY=1");
    expect(await sink.next()).toBe("WATCHDOG=1");
    await Bun.sleep(100);
    manager.stopping();
    expect(await sink.next()).toStartWith("STOPPING=1");
    expect(asked).toBe(3);
    expect(lines.join("\n")).toContain("disk I/O error");
  });

  test("nobody is told where nobody listens, and what the environment says is checked", async () => {
    expect(readServiceManager(undefined, "30000000")).toBeNull();
    expect(readServiceManager("", undefined)).toBeNull();
    expect(readServiceManager("/run/notify", undefined)).toEqual({ socket: "/run/notify", watchdogMs: null });
    expect(readServiceManager("@notify", "30000000")).toEqual({ socket: "@notify", watchdogMs: 30_000 });
    for (const wrong of ["x", "-1", "0", "1e400"])
      expect(readServiceManager("@notify", wrong)).toEqual({ socket: "@notify", watchdogMs: null });
    using manager = await openServiceManager(null, alive, quietLog());
    manager.ready("");
    for (const socket of ["relative", "", `/${"x".repeat(200)}`]) {
      const opened = openServiceManager({ socket, watchdogMs: null }, alive, quietLog());
      const refused = await opened.then(
        () => false,
        () => true,
      );
      expect(refused).toBeTrue();
    }
  });

  test("the program tells it from its start to its end", async () => {
    using directory = temporaryDirectory();
    const socket = join(directory.path, "notify");
    await using sink = await openNotifySink(socket);
    const program = [process.execPath, join(import.meta.dir, "..", "main.ts")];
    const words = ["serve", "--data", join(directory.path, "data"), "--listen", "127.0.0.1:0"];
    const env = { ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: "2000000" };
    const child = Bun.spawn([...program, ...words], { env, stdin: "ignore", stdout: "ignore", stderr: "inherit" });
    try {
      expect(await sink.next()).toMatch(/^READY=1\nSTATUS=Serving on port \d+$/u);
      expect(await sink.next()).toBe("WATCHDOG=1");
    } finally {
      child.kill("SIGTERM");
    }
    expect(await sink.nextWord()).toStartWith("STOPPING=1");
    expect(await child.exited).toBe(0);
  });
});
