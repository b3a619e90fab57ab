/** A sum that any changed, moved or missing pixel changes. Each word holds blue, green, red in its low bytes. */
export function pixelSum(bgr: Uint32Array): number {
  let sum = 0;
  for (const pixel of bgr) sum = (sum * 31 + (pixel & 0xff_ffff)) % 2_147_483_647;
  return sum;
}
