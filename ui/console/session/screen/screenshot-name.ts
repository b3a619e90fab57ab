/** A screenshot's file name: whose screen, and when by this computer's clock. Pure. */
export function screenshotName(hostName: string, at: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
  return `${hostName.replaceAll(/[^A-Za-z0-9._-]/g, "_")} ${day} ${time}.png`;
}
