/** The line and the area of a sparkline, as SVG paths. Pure. */

export interface SparklinePaths {
  readonly line: string;
  readonly area: string;
}

const TOP_PX = 1;
const BOTTOM_PX = 2;

/**
 * @param values oldest first; fewer than two make no line
 * @param ceiling what the full height stands for; lower than the largest value: that one does
 */
export function sparklinePaths(
  values: readonly number[],
  { widthPx, heightPx, ceiling }: { widthPx: number; heightPx: number; ceiling: number },
): SparklinePaths {
  if (values.length < 2) return { line: "", area: "" };
  const full = Math.max(ceiling, ...values, Number.MIN_VALUE);
  const step = widthPx / (values.length - 1);
  const points = values.map((value, index) => {
    const share = Math.max(0, value) / full;
    const y = TOP_PX + (1 - share) * (heightPx - TOP_PX - BOTTOM_PX);
    return `${(index * step).toFixed(1)},${y.toFixed(1)}`;
  });
  const line = `M${points.join(" L")}`;
  return { line, area: `M0,${heightPx} L${points.join(" L")} L${widthPx},${heightPx}Z` };
}
