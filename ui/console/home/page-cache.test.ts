import { expect, test } from "bun:test";
import { type LoadedRows, MAX_CACHED_PAGES, PAGE_ROWS, PageCache } from "./page-cache.ts";

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** A list of `total` numbers, each row its own index times `scale`. */
function listOf(initialTotal: number) {
  const list = { total: initialTotal, scale: 1, asked: [] as number[], failing: false };
  const load = async (offset: number, limit: number): Promise<LoadedRows<number>> => {
    list.asked.push(offset);
    await Promise.resolve();
    if (list.failing) throw new Error("the server is away");
    const length = Math.max(0, Math.min(limit, list.total - offset));
    return { rows: Array.from({ length }, (_, at) => (offset + at) * list.scale), total: list.total };
  };
  return { list, load };
}

test("JUMP-12 every one of 25,000 rows can be reached, and no more pages are kept than the limit", async () => {
  const { load } = listOf(25_000);
  const cache = new PageCache({ load, changed: () => undefined });
  const seen = new Set<number>();
  cache.show(0, 30);
  await settled();
  for (let first = 0; first < 25_000; first += 30) {
    cache.show(first, first + 30);
    await settled();
    for (let index = first; index < Math.min(25_000, first + 31); index++) {
      const row = cache.rowAt(index);
      if (row === index) seen.add(row);
    }
    expect(cache.cachedPages).toBeLessThanOrEqual(MAX_CACHED_PAGES);
  }
  expect(seen.size).toBe(25_000);
  expect(cache.total).toBe(25_000);
});

test("a jump to the last row fetches its page and not those between", async () => {
  const { list, load } = listOf(25_000);
  const cache = new PageCache({ load, changed: () => undefined });
  cache.show(0, 20);
  await settled();
  cache.show(24_980, 24_999);
  await settled();
  expect(cache.rowAt(24_999)).toBe(24_999);
  expect(list.asked).toEqual([0, 24_900]);
});

test("a change fetches only what is in view, and old rows stay until the new are there", async () => {
  const { list, load } = listOf(1000);
  const cache = new PageCache({ load, changed: () => undefined });
  cache.show(0, 20);
  await settled();
  cache.show(500, 520);
  await settled();
  list.asked = [];
  list.scale = 10;
  cache.refresh();
  expect(cache.rowAt(510)).toBe(510);
  await settled();
  expect(list.asked).toEqual([500]);
  expect(cache.rowAt(510)).toBe(5100);
  expect(cache.rowAt(10)).toBe(10);
  cache.show(0, 20);
  await settled();
  expect(cache.rowAt(10)).toBe(100);
});

test("a change that comes while a page is on its way fetches that page once more", async () => {
  const { list, load } = listOf(50);
  const cache = new PageCache({ load, changed: () => undefined });
  cache.show(0, 20);
  list.scale = 3;
  cache.refresh();
  await settled();
  expect(list.asked).toEqual([0, 0]);
  expect(cache.rowAt(7)).toBe(21);
});

test("pages out of view are not waited for, and what they bring is dropped", async () => {
  const signals: AbortSignal[] = [];
  const gates: (() => void)[] = [];
  const cache = new PageCache<number>({
    changed: () => undefined,
    load: async (offset, limit, signal) => {
      signals.push(signal);
      if (offset > 0 && offset < 9000) await new Promise<void>((resolve) => gates.push(resolve));
      return { rows: Array.from({ length: limit }, (_, at) => offset + at), total: 10_000 };
    },
  });
  cache.show(0, 20);
  await settled();
  cache.show(4000, 4020);
  cache.show(9900, 9920);
  await settled();
  expect(signals.map((signal) => signal.aborted)).toEqual([false, true, false]);
  gates.forEach((open) => open());
  await settled();
  expect(cache.rowAt(4000)).toBeUndefined();
  expect(cache.rowAt(9900)).toBe(9900);
});

test("a list that shrinks drops the pages past its end and shows the last one", async () => {
  const { list, load } = listOf(1000);
  const cache = new PageCache({ load, changed: () => undefined });
  cache.show(0, 20);
  await settled();
  cache.show(950, 999);
  await settled();
  list.total = 120;
  cache.refresh();
  await settled();
  expect(cache.total).toBe(120);
  expect(cache.rowAt(950)).toBeUndefined();
  expect(cache.rowAt(119)).toBe(119);
});

test("a failure keeps what is on screen and is tried again when asked", async () => {
  const { list, load } = listOf(300);
  const cache = new PageCache({ load, changed: () => undefined });
  cache.show(0, 20);
  await settled();
  list.failing = true;
  cache.refresh();
  await settled();
  expect((cache.error as Error).message).toBe("the server is away");
  expect(cache.rowAt(0)).toBe(0);
  list.failing = false;
  cache.refresh();
  await settled();
  expect(cache.error).toBeNull();
});

test("another query starts from nothing and drops answers of the one before", async () => {
  let scale = 1;
  const cache = new PageCache<number>({
    changed: () => undefined,
    load: async (offset, limit) => {
      const mine = scale;
      await new Promise((resolve) => setTimeout(resolve, mine === 1 ? 5 : 0));
      return { rows: Array.from({ length: limit }, (_, at) => (offset + at) * mine), total: PAGE_ROWS };
    },
  });
  cache.show(0, 20);
  scale = 7;
  cache.reset();
  await new Promise((resolve) => setTimeout(resolve, 15));
  expect(cache.rowAt(3)).toBe(21);
});
