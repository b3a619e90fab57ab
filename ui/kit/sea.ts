/** The picture beside the sign-in: a causeway of stones over a calm sea. Pure geometry in a box of 760 by 900. */

export const SEA_WIDTH = 760;
export const SEA_HEIGHT = 900;
const HORIZON = 210;
const STEP = 20;

export interface Stone {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly radius: number;
}

/** The waves as SVG paths, from the horizon down: farther apart and higher the nearer they are. */
export function wavePaths(): readonly string[] {
  const paths: string[] = [];
  let y = HORIZON;
  let gap = 5;
  for (let index = 0; y <= SEA_HEIGHT + 10; index++) {
    paths.push(wave(y, index));
    y += gap;
    gap *= 1.0585;
  }
  return paths;
}

function wave(y: number, index: number): string {
  const nearness = (y - HORIZON) / (SEA_HEIGHT - HORIZON);
  const amplitude = 0.12 + nearness * 5.4;
  const length = 22 + nearness * 105;
  const points: string[] = [];
  for (let x = 0; x <= SEA_WIDTH; x += STEP) {
    const height = Math.sin(x / length + index * 1.7) + 0.4 * Math.sin(x / (length * 0.57) + index * 2.9);
    points.push(`${x} ${(y + amplitude * height * 0.7).toFixed(1)}`);
  }
  return `M${points.join("L")}`;
}

/** The stones, nearest first: each four fifths of the one before, to the left and to the right in turn. */
export function causewayStones(): readonly Stone[] {
  return PLACES.map(([x, y, width]) => ({ x, y, width, height: width * 0.46, radius: width * 0.045 }));
}

// Drawn by hand in the design: corner and width of each stone.
const PLACES: readonly (readonly [number, number, number])[] = [
  [175, 799, 150],
  [231.8, 701.7, 118.5],
  [268.8, 624.9, 93.6],
  [315, 564.1, 74],
  [343.2, 516.2, 58.4],
  [381.7, 478.3, 46.2],
  [403.2, 448.3, 36.5],
  [436.1, 424.7, 28.8],
  [452.5, 406, 22.8],
];

/** The clear water round a stone, in which no wave is drawn. */
export function waterRound(stone: Stone): Stone {
  const side = stone.width * 0.07;
  const end = stone.height * 0.12;
  return {
    x: stone.x - side,
    y: stone.y - end,
    width: stone.width + 2 * side,
    height: stone.height + 2 * end,
    radius: stone.radius * 1.33,
  };
}
