/** The line and the area of a sparkline, as SVG paths. Pure. */

export interface SparklinePaths {
  readonly line: string;
  readonly area: string;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const TOP_PX = 1;
const BOTTOM_PX = 2;
/** How wide a figure is drawn that stands between two gaps. */
const LONE_PX = 2;

/**
 * @param values oldest first, null: not known, which leaves a gap; fewer than two make no line
 * @param ceiling what the full height stands for; lower than the largest value: that one does
 */
export function sparklinePaths(
  values: readonly (number | null)[],
  { widthPx, heightPx, ceiling }: { widthPx: number; heightPx: number; ceiling: number },
): SparklinePaths {
  if (values.length < 2) return { line: "", area: "" };
  const full = Math.max(ceiling, ...values.map((value) => value ?? 0), Number.MIN_VALUE);
  const step = widthPx / (values.length - 1);
  const points = values.map((value, index): Point | null => {
    if (value === null) return null;
    const share = Math.max(0, value) / full;
    return { x: index * step, y: TOP_PX + (1 - share) * (heightPx - TOP_PX - BOTTOM_PX) };
  });
  const runs = runsOf(points).map((run) => widened(run, widthPx));
  const floor = (point: Point | undefined): Point => ({ x: point?.x ?? 0, y: heightPx });
  return {
    line: runs.map((run) => `M${textOf(run)}`).join(" "),
    area: runs.map((run) => `M${textOf([floor(run[0]), ...run, floor(run.at(-1))])}Z`).join(" "),
  };
}

/** The points between two gaps. */
function runsOf(points: readonly (Point | null)[]): Point[][] {
  const runs: Point[][] = [[]];
  for (const point of points) {
    if (point === null) runs.push([]);
    else runs.at(-1)?.push(point);
  }
  return runs.filter((run) => run.length > 0);
}

/** A lone point would not be seen. */
function widened(run: Point[], widthPx: number): Point[] {
  const [only] = run;
  if (only === undefined || run.length > 1) return run;
  const left = Math.min(Math.max(0, only.x - LONE_PX / 2), widthPx - LONE_PX);
  return [
    { x: left, y: only.y },
    { x: left + LONE_PX, y: only.y },
  ];
}

const textOf = (points: readonly Point[]): string =>
  points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" L");
