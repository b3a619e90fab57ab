import { expect, test } from "bun:test";
import { causewayStones, SEA_HEIGHT, SEA_WIDTH, waterRound, wavePaths } from "./sea.ts";

test("the stones lie in the picture, each smaller than the one before", () => {
  const stones = causewayStones();
  for (const [index, stone] of stones.entries()) {
    expect(stone.x + stone.width).toBeLessThan(SEA_WIDTH);
    expect(stone.y + stone.height).toBeLessThan(SEA_HEIGHT);
    const before = stones[index - 1];
    if (before !== undefined) expect(stone.width).toBeLessThan(before.width);
    expect(waterRound(stone).width).toBeGreaterThan(stone.width);
  }
});

test("the waves cross the whole picture", () => {
  const paths = wavePaths();
  expect(paths.length).toBeGreaterThan(30);
  for (const path of paths)
    expect(path).toEndWith(path.slice(path.lastIndexOf("L")).replace(/^L\d+/u, `L${SEA_WIDTH}`));
});
