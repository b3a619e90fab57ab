import { expect, test } from "bun:test";
import { ReceiveWindow, SendWindow } from "../../protocol/channel.ts";
import { Chance, randomNumbers } from "../test/random-site.ts";
import { RoundTrip } from "./round-trip.ts";
import { Typing } from "./typing.ts";
import {
  FIRST_TRANSFER_WINDOW_BYTES,
  type Line,
  MAX_TRANSFER_WINDOW_BYTES,
  MAX_WIDENED_BYTES,
  TransferWindow,
  TYPING_WINDOW_BYTES,
  WindowBudget,
} from "./transfer-window.ts";

const newLine = (roundTripMs: number | null): Line => ({
  roundTripMs,
  transferWindowBytes: FIRST_TRANSFER_WINDOW_BYTES,
});

interface Sending {
  readonly line: Line;
  readonly bytesPerMs: number;
  readonly totalBytes: number;
}

/** Sends bytes over a line that exists in time only, one ms after the other; returns how many ms that took. */
function simulate({ line, bytesPerMs, totalBytes }: Sending, window: TransferWindow): number {
  const oneWayMs = Math.max(1, (line.roundTripMs ?? 2) / 2);
  const writer = new SendWindow(FIRST_TRANSFER_WINDOW_BYTES);
  const reader = new ReceiveWindow(FIRST_TRANSFER_WINDOW_BYTES);
  const bytesAt = new Map<number, number>();
  const creditAt = new Map<number, number>();
  let received = 0;
  for (let nowMs = 0; ; nowMs += 1) {
    writer.grant(creditAt.get(nowMs) ?? 0);
    bytesAt.set(nowMs + oneWayMs, writer.take(bytesPerMs));
    const came = bytesAt.get(nowMs) ?? 0;
    if (came === 0) continue;
    received += came;
    if (!reader.receive(came)) throw new Error("more came than was granted");
    if (received >= totalBytes) return nowMs;
    const due = reader.consume(came);
    const wider = window.took(came, due, nowMs);
    reader.widen(wider);
    creditAt.set(nowMs + oneWayMs, due + wider);
  }
}

test("a long line gets a window that keeps it busy, a short one keeps the small window", () => {
  const totalBytes = 256 << 20;
  const long = newLine(100);
  using window = new TransferWindow(long, new WindowBudget());
  const tookMs = simulate({ line: long, bytesPerMs: 50_000, totalBytes }, window);
  const withoutGrowthMs = (totalBytes / FIRST_TRANSFER_WINDOW_BYTES) * 100;
  expect(tookMs).toBeLessThan(withoutGrowthMs / 8);
  // Twice what the line carries in a round trip is enough; what is more would only wait somewhere.
  expect(long.transferWindowBytes).toBeLessThanOrEqual(2 * 50_000 * 110);

  const short = newLine(2);
  using kept = new TransferWindow(short, new WindowBudget());
  simulate({ line: short, bytesPerMs: 300_000, totalBytes }, kept);
  expect(short.transferWindowBytes).toBe(FIRST_TRANSFER_WINDOW_BYTES);
});

test("a line whose length is not known yet, and one that carries little, keep the small window", () => {
  for (const [line, bytesPerMs] of [
    [newLine(null), 100_000],
    [newLine(100), 1000],
  ] as const) {
    using window = new TransferWindow(line, new WindowBudget());
    simulate({ line, bytesPerMs, totalBytes: 4 << 20 }, window);
    expect(line.transferWindowBytes).toBe(FIRST_TRANSFER_WINDOW_BYTES);
  }
});

test("the next transfer of a lane begins where the last one came to", () => {
  const line = { ...newLine(100), transferWindowBytes: 3 << 20 };
  using window = new TransferWindow(line, new WindowBudget());
  expect(window.took(1, 0, 0)).toBe((3 << 20) - FIRST_TRANSFER_WINDOW_BYTES);
  expect(window.took(1, 0, 1)).toBe(0);
});

test("windows end at their limit, and all together at the server's; what ends gives its part back", () => {
  const budget = new WindowBudget();
  const open = Array.from({ length: 20 }, () => {
    const line = newLine(100);
    const window = new TransferWindow(line, budget);
    window.took(1, 0, 0);
    const wider = window.took(1 << 30, 0, 100);
    expect(line.transferWindowBytes).toBe(MAX_TRANSFER_WINDOW_BYTES);
    return { window, wider };
  });
  const each = MAX_TRANSFER_WINDOW_BYTES - FIRST_TRANSFER_WINDOW_BYTES;
  expect(open[0]!.wider).toBe(each);
  expect(open.reduce((sum, { wider }) => sum + wider, 0)).toBe(MAX_WIDENED_BYTES);
  expect(open.at(-1)!.wider).toBe(0);
  for (const { window } of open) window[Symbol.dispose]();
  expect(budget.take(Number.MAX_SAFE_INTEGER)).toBe(MAX_WIDENED_BYTES);
});

test("a line is as long as its quickest pong, and pongs to nothing say nothing", () => {
  const line = new RoundTrip();
  line.answered("1", 5);
  expect(line.leastMs).toBeNull();
  expect(line.ask(1000)).toBe("1");
  line.answered("", 1001);
  line.answered("1", 1080);
  expect([line.ask(1500), line.leastMs]).toEqual([null, 80]);
  expect(line.ask(2000)).toBe("2");
  line.answered("1", 2001);
  line.answered("2", 2100);
  expect(line.leastMs).toBe(80);
  expect(line.ask(3000)).toBe("3");
  line.answered("3", 3060);
  expect(line.leastMs).toBe(60);
});

test("while somebody types a transfer on a short line has less on its way, goes on, and gets all of it back afterwards", () => {
  for (const roundTripMs of [null, 2, 100]) {
    const line = newLine(roundTripMs);
    using window = new TransferWindow(line, new WindowBudget());
    const [writer, reader] = [
      new SendWindow(FIRST_TRANSFER_WINDOW_BYTES),
      new ReceiveWindow(FIRST_TRANSFER_WINDOW_BYTES),
    ];
    /** Pieces come and are dealt with one by one; returns the most that was on its way at once, once it has settled. */
    const send = (isTyping: boolean): number => {
      let most = 0;
      for (let round = 0; round < 100; round += 1) {
        const count = writer.take(FIRST_TRANSFER_WINDOW_BYTES);
        expect(count).toBeGreaterThan(0);
        if (round > 10) most = Math.max(most, count);
        for (let left = count; left > 0; left -= 64 << 10) {
          const piece = Math.min(left, 64 << 10);
          expect(reader.receive(piece)).toBe(true);
          writer.grant(window.release(reader.consume(piece), isTyping));
        }
      }
      return most;
    };
    const isNarrowed = roundTripMs !== 100;
    expect(send(false)).toBe(FIRST_TRANSFER_WINDOW_BYTES);
    expect(send(true)).toBe(isNarrowed ? TYPING_WINDOW_BYTES : FIRST_TRANSFER_WINDOW_BYTES);
    expect(send(false)).toBe(FIRST_TRANSFER_WINDOW_BYTES);
  }
});

test("pieces of any size never leave a transfer without credit, whether somebody types or not", () => {
  for (let seed = 1; seed < 200; seed += 1) {
    using window = new TransferWindow(newLine(1), new WindowBudget());
    const [writer, reader] = [
      new SendWindow(FIRST_TRANSFER_WINDOW_BYTES),
      new ReceiveWindow(FIRST_TRANSFER_WINDOW_BYTES),
    ];
    let state = seed;
    const below = (limit: number): number => (state = (state * 48_271) % 0x7fff_ffff) % limit;
    for (let round = 0; round < 300; round += 1) {
      const count = writer.take(1 + below(200_000));
      expect(count).toBeGreaterThan(0);
      expect(reader.receive(count)).toBe(true);
      writer.grant(window.release(reader.consume(count), below(3) === 0));
    }
  }
});

/** One transfer of a lane: the agent's credit, what is on its way, and what the server has not dealt with. */
class Transfer implements Disposable {
  readonly #window: TransferWindow;
  readonly #writer = new SendWindow(FIRST_TRANSFER_WINDOW_BYTES);
  readonly #reader = new ReceiveWindow(FIRST_TRANSFER_WINDOW_BYTES);
  windowBytes = FIRST_TRANSFER_WINDOW_BYTES;
  unread = 0;

  constructor(line: Line, budget: WindowBudget) {
    this.#window = new TransferWindow(line, budget);
  }

  /** Credit the agent has, and what it used and the server has not dealt with. */
  get granted(): number {
    return this.#writer.availableBytes + this.unread;
  }

  send(byteCount: number): void {
    const sent = this.#writer.take(byteCount);
    if (!this.#reader.receive(sent)) throw new Error("more came than was granted");
    this.unread += sent;
  }

  take(byteCount: number, nowMs: number, isTyping: boolean): void {
    const taken = Math.min(byteCount, this.unread);
    this.unread -= taken;
    const due = this.#reader.consume(taken);
    const wider = this.#window.took(taken, due, nowMs);
    this.#reader.widen(wider);
    this.windowBytes += wider;
    const credit = this.#window.release(due + wider, isTyping);
    if (credit < 0) throw new Error("credit was taken back");
    this.#writer.grant(credit);
  }

  /** So much is sent and taken as the window holds. */
  turnOver(nowMs: number, isTyping: boolean): void {
    for (let left = 2 * this.windowBytes; left > 0; left -= 64 << 10) {
      this.send(64 << 10);
      this.take(64 << 10, nowMs, isTyping);
    }
    this.take(this.unread, nowMs, isTyping);
  }

  [Symbol.dispose](): void {
    this.#window[Symbol.dispose]();
  }
}

test("whatever comes in whatever order, no credit is lost or doubled and no transfer stands still", () => {
  const KEPT_BACK_BYTES = FIRST_TRANSFER_WINDOW_BYTES - TYPING_WINDOW_BYTES;
  let widest = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const chance = new Chance(randomNumbers(seed));
    const budget = new WindowBudget(24 << 20);
    const line = {
      roundTripMs: chance.pick([null, 1, 80]) as number | null,
      transferWindowBytes: FIRST_TRANSFER_WINDOW_BYTES,
    };
    const transfers = [new Transfer(line, budget), new Transfer(line, budget)];
    let [nowMs, isTyping] = [0, false];
    for (let step = 0; step < 400; step += 1) {
      const at = chance.below(transfers.length);
      const transfer = transfers[at]!;
      nowMs += chance.below(20);
      if (chance.of(0.05)) isTyping = !isTyping;
      // A line is as long as its quickest answer: it is never found longer than it was.
      if (chance.of(0.01)) line.roundTripMs = Math.min(line.roundTripMs ?? 200, chance.pick([1, 30, 150]));
      if (chance.of(0.01)) {
        transfer[Symbol.dispose]();
        transfers[at] = new Transfer(line, budget);
      } else if (chance.of(0.5)) transfer.send(chance.below(1 + chance.pick([100, 64 << 10, 8 << 20])));
      else transfer.take(chance.below(1 + chance.pick([100, 64 << 10, 8 << 20])), nowMs, isTyping);
      widest = Math.max(widest, transfer.windowBytes);
      for (const { granted, windowBytes } of transfers) {
        expect(granted).toBeLessThanOrEqual(windowBytes);
        expect(granted).toBeGreaterThan(windowBytes - windowBytes / 4 - KEPT_BACK_BYTES);
      }
    }
    for (const transfer of transfers) {
      transfer.turnOver(nowMs, true);
      if ((line.roundTripMs ?? 0) <= 1) expect(transfer.granted).toBeLessThanOrEqual(TYPING_WINDOW_BYTES);
      transfer.turnOver(nowMs, false);
      // All but what is not yet worth a frame.
      expect(transfer.granted).toBeGreaterThan(transfer.windowBytes - transfer.windowBytes / 4);
      transfer[Symbol.dispose]();
    }
    expect(budget.take(Number.MAX_SAFE_INTEGER)).toBe(24 << 20);
  }
  expect(widest).toBeGreaterThan(8 << 20);
});

test("a line that was long by its first answer and is short by the next has the small window again", () => {
  const budget = new WindowBudget();
  const line: { roundTripMs: number | null; transferWindowBytes: number } = newLine(20);
  using transfer = new Transfer(line, budget);
  for (let nowMs = 0; nowMs < 200; nowMs += 1) {
    transfer.send(1 << 20);
    transfer.take(1 << 20, nowMs, false);
  }
  expect(transfer.windowBytes).toBeGreaterThan(2 * FIRST_TRANSFER_WINDOW_BYTES);
  line.roundTripMs = 1;
  transfer.turnOver(300, false);
  expect([transfer.windowBytes, line.transferWindowBytes]).toEqual([
    FIRST_TRANSFER_WINDOW_BYTES,
    FIRST_TRANSFER_WINDOW_BYTES,
  ]);
  expect(budget.take(Number.MAX_SAFE_INTEGER)).toBe(MAX_WIDENED_BYTES);
  transfer.turnOver(301, true);
  expect(transfer.granted).toBeLessThanOrEqual(TYPING_WINDOW_BYTES);
});

test("somebody types for a second after the last key", () => {
  const typing = new Typing();
  expect(typing.isAt(0)).toBe(false);
  typing.note(5000);
  expect([5000, 5999, 6000].map((nowMs) => typing.isAt(nowMs))).toEqual([true, true, false]);
});
