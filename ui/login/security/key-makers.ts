/** Certificates of makers of keys as lines of a field, and back. Pure. */

const END = "-----END CERTIFICATE-----";

/** All lines of all certificates. */
export const linesOf = (keyMakers: readonly string[] | null): string[] =>
  (keyMakers ?? []).flatMap((pem) => pem.split("\n"));

/** The certificates that these lines hold; null: there are no lines. A text that does not end as one is the last of them. */
export function keyMakersOf(lines: readonly string[]): string[] | null {
  const certificates: string[][] = [[]];
  for (const line of lines) {
    certificates.at(-1)?.push(line);
    if (line === END) certificates.push([]);
  }
  const found = certificates.filter((one) => one.length > 0).map((one) => one.join("\n"));
  return found.length === 0 ? null : found;
}

/** What is wrong with a line, in words; "": nothing. */
export function keyMakerProblem(line: string): string {
  const isPart = /^(?:-----(?:BEGIN|END) CERTIFICATE-----|[A-Za-z0-9+/=]+)$/u.test(line);
  return isPart ? "" : `“${line}” is no line of a PEM certificate.`;
}
