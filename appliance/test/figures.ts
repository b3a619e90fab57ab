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
  /** The machine's load in the minute before, for it may be shared. */
  readonly load: string;
}

/** What the scenarios measure, kept in a file so that scenarios run one by one, or side by side, add up. */
export class Figures {
  constructor(private readonly file: string) {}

  /** Notes a figure in the place of an older one of that name. */
  async take(name: string, value: number, unit: string, note = ""): Promise<void> {
    const figure = { name, value, unit, note, takenAt: new Date().toISOString(), load: (loadavg()[0] ?? 0).toFixed(1) };
    console.log(`    ${name}: ${text(figure)}`);
    const others = this.kept().filter((kept) => kept.name !== name);
    await Bun.write(this.file, `${JSON.stringify([...others, figure], null, 2)}\n`);
  }

  private kept(): Figure[] {
    return existsSync(this.file) ? (JSON.parse(readFileSync(this.file, "utf8")) as Figure[]) : [];
  }

  /** As a table of Markdown. */
  table(): string {
    const rows = this.kept().map(
      (figure) =>
        `| ${figure.name} | ${text(figure)} | ${figure.load} | ${figure.takenAt.slice(0, 16)}Z | ${figure.note} |`,
    );
    return ["| what | figure | load | when | how |", "|---|---|---|---|---|", ...rows].join("\n");
  }
}

const text = ({ value, unit }: Figure): string =>
  `${Number.isInteger(value) ? value : value.toFixed(1)}${unit === "" ? "" : ` ${unit}`}`;
