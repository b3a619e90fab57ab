/** How long the event loop did nothing else, at most, while the work ran; in ms. */
export async function longestHold(work: () => Promise<void>): Promise<{ holdMs: number; tookMs: number }> {
  let [holdMs, lastMs, isOver] = [0, performance.now(), false];
  const beganMs = lastMs;
  const look = (): void => {
    const nowMs = performance.now();
    holdMs = Math.max(holdMs, nowMs - lastMs);
    lastMs = nowMs;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await work();
  look();
  isOver = true;
  return { holdMs, tookMs: performance.now() - beganMs };
}
