import { existsSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";

/** One thing that was measured or counted. */
interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** How it was come by. */
  readonly note: string;
  readonly takenAt: string;
  /** The machine's load in the minute before, for it is shared. */
  readonly load: string;
}

/** What the scenarios measure, kept in a file so that scenarios run one by one add up. */
export class Figures {
  readonly #figures: Map<string, Figure>;

  constructor(private readonly file: string) {
    const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Figure[]) : [];
    this.#figures = new Map(kept.map((figure) => [figure.name, figure]));
  }

  /** Notes a figure in the place of an older one of that name. */
  async take(name: string, value: number, unit: string, note = ""): Promise<void> {
    const figure = { name, value, unit, note, takenAt: new Date().toISOString(), load: (loadavg()[0] ?? 0).toFixed(1) };
    this.#figures.set(name, figure);
    console.log(`    ${name}: ${text(figure)}`);
    await Bun.write(this.file, `${JSON.stringify([...this.#figures.values()], null, 2)}\n`);
  }

  /** As a table of Markdown. */
  table(): string {
    const rows = [...this.#figures.values()].map(
      (figure) => `| ${figure.name} | ${text(figure)} | ${figure.load} | ${figure.note} |`,
    );
    return ["| what | figure | load | how |", "|---|---|---|---|", ...rows].join("\n");
  }
}

const text = ({ value, unit }: Figure): string =>
  `${Number.isInteger(value) ? value : value.toFixed(1)}${unit === "" ? "" : ` ${unit}`}`;
