/** One figure of `make bench`, with what it should be and how it was had. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the product promises; absent where a figure is only told. */
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
  /** What was done how often, in one sentence. */
  readonly method: string;
}

/** A group of measurements that share one running system. */
export interface Bench {
  readonly name: string;
  run(): Promise<readonly Measurement[]>;
}

/** Whether a figure keeps its promise; null where there is none. */
export function isKept({ value, goal }: Measurement): boolean | null {
  if (goal === undefined) return null;
  return "atMost" in goal ? value <= goal.atMost : value >= goal.atLeast;
}

/** The value below which the share `quantile` (0 to 1) of the samples lies; nearest rank. */
export function quantile(samples: readonly number[], quantile: number): number {
  if (samples.length === 0) throw new RangeError("no samples");
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(quantile * sorted.length) - 1))]!;
}

/** At most four significant digits, with thousands apart. */
export function formatValue(value: number): string {
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : 2;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}
