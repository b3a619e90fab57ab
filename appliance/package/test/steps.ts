/** What is tried, one after the other; the next goes on from where the last left the machine, so a failure ends all. */
export class Steps {
  passed = 0;
  failed = 0;

  constructor(private readonly print: (line: string) => void) {}

  /** @param work returns what was seen, in a few words @throws {Error} naming the step */
  async run(name: string, work: () => Promise<string>): Promise<void> {
    const begun = performance.now();
    const seconds = (): string => `${((performance.now() - begun) / 1000).toFixed(1)} s`;
    try {
      const seen = await work();
      this.passed += 1;
      this.print(`ok     ${name} (${seconds()})${seen === "" ? "" : `: ${seen}`}`);
    } catch (cause) {
      throw new Error(`FAILED ${name} (${seconds()}): ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    }
  }
}
