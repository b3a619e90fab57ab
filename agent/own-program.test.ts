import { expect, test } from "bun:test";
import { LET_GO, OwnProgram } from "./own-program.ts";

/** A program of the tests: `heard` counts what it was told, `said` is told it. */
const scripted = (script: string): string[] => [process.execPath, "-e", script];

interface Ended {
  readonly reports: unknown[];
  readonly isCrash: Promise<boolean>;
  readonly program: OwnProgram<object, unknown>;
}

function start(words: readonly string[]): Ended {
  const reports: unknown[] = [];
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const program = new OwnProgram<object, unknown>(words, {
    heed: (report) => reports.push(report),
    ended: (isCrash) => resolve(isCrash),
  });
  return { reports, isCrash: promise, program };
}

test("a program that cannot be started is over as if it had crashed, and is told nothing", async () => {
  const { isCrash, program } = start(["/nowhere/causeway-agent", "show-question"]);
  program.tell({ kind: "ask" });
  expect(await isCrash).toBe(true);
  program.tell({ kind: "ask" });
  program[Symbol.dispose]();
});

test("a program's own end is told from a crash, and nothing is told to what is over", async () => {
  for (const [script, crashed] of [
    ["process.exit(0)", false],
    ["process.exit(1)", true],
    ["process.kill(process.pid, 'SIGKILL')", true],
  ] as const) {
    const { isCrash, program } = start(scripted(script));
    program.tell({ kind: "early" });
    expect(await isCrash).toBe(crashed);
    program.tell({ kind: "late" });
    program[Symbol.dispose]();
  }
});

test("what it was told before it was let go has all come, however busy it was", async () => {
  const { reports, isCrash, program } = start(
    scripted(`
      let bytes = 0;
      process.on("message", (said) => {
        if (said === ${JSON.stringify(LET_GO)}) process.send({ bytes }, () => process.exit(0));
        else bytes += said.bytes.length;
      });
      Bun.sleepSync(300);
    `),
  );
  for (let count = 0; count < 500; count += 1) program.tell({ bytes: new Uint8Array(5000) });
  program[Symbol.dispose]();
  expect(await isCrash).toBe(false);
  expect(reports).toEqual([{ bytes: 2_500_000 }]);
});

test("a program that stands still when it is let go is ended", async () => {
  const { reports, isCrash, program } = start(scripted("process.send({}); for (;;) Bun.sleepSync(1000)"));
  while (reports.length === 0) await Bun.sleep(20);
  program[Symbol.dispose]();
  expect(await isCrash).toBe(true);
}, 10_000);

test("what is told to a program in the moment it dies throws nothing", async () => {
  // The line is gone a moment before its end is told; one of a few rounds falls into it.
  for (let round = 0; round < 40; round += 1) {
    const { isCrash, program } = start(scripted("setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1)"));
    let isOver = false;
    void isCrash.then(() => (isOver = true));
    for (let told = 1; !isOver; told += 1) {
      program.tell({ bytes: new Uint8Array(70_000) });
      if (told % 3 === 0) await Bun.sleep(0);
    }
    expect(await isCrash).toBe(true);
    program[Symbol.dispose]();
  }
}, 20_000);
