/**
 * The first look at a computer: what of its snapshot stands where. Pure. The snapshot is as the agent sent it, in English: its
 * words are compared here and never shown, so none of them may be taken for a text to translate.
 */
import { isPairs, type Section, type Snapshot } from "./snapshot-text.ts";

/** A name and a value. */
export type Pair = readonly [name: string, value: string];

export interface Overview {
  readonly computer: readonly Pair[];
  /** Its name, without a version: "Debian GNU/Linux". */
  readonly systemName: string;
  readonly system: readonly Pair[];
  /** The few that keep the processors busiest; null: the agent does not measure them. */
  readonly busiest: Busiest | null;
  /** "0.3, 0.2, 0.1": how many programs wanted a processor in the last 1, 5 and 15 minutes; "": not known. */
  readonly load: string;
  /** What stands below, as it is. */
  readonly rest: readonly Section[];
}

export interface Busiest {
  /** Of BUSIEST_COLUMNS. */
  readonly rows: readonly (readonly string[])[];
  /** All of them. */
  readonly section: Section;
}
// @wc-ignore
export const BUSIEST_COLUMNS = ["Name", "PID", "User", "CPU", "Memory"] as const;
const BUSIEST_ROWS = 5;
/** Of the section about the system, but of the machine. */
const isOfMachine = ([name]: Pair): boolean => name === "Host name" || name === "Architecture";

/** null: the snapshot has not the sections an overview is made of. */
export function overviewOf({ sections }: Pick<Snapshot, "sections">): Overview | null {
  const system = sections.find((section) => section.title === "System" && isPairs(section));
  const machine = sections.find((section) => section.title === "Processor" && isPairs(section));
  if (system === undefined || machine === undefined) return null;
  const [systemPairs, machinePairs] = [pairsOf(system), pairsOf(machine)];
  const busiest = busiestOf(sections);
  const taken: ReadonlySet<Section | undefined> = new Set([system, machine, busiest?.section]);
  return {
    computer: [...systemPairs.filter(isOfMachine), ...machinePairs.filter(([name]) => name !== "Load")],
    systemName: nameOfSystem(systemPairs.find(([name]) => name === "Operating system")?.[1] ?? ""),
    system: systemPairs.filter((pair) => !isOfMachine(pair)),
    busiest,
    load: machinePairs.find(([name]) => name === "Load")?.[1] ?? "",
    rest: sections.filter((section) => !taken.has(section)),
  };
}

const pairsOf = ({ rows }: Section): Pair[] => rows.map(([name = "", value = ""]) => [name, value]);

/** "Debian GNU/Linux 12 (bookworm)" is Debian GNU/Linux. */
function nameOfSystem(text: string): string {
  return /^\D*/.exec(text)?.[0].replace(/[\s(]+$/, "") ?? "";
}

/** The agent puts the busiest first. */
function busiestOf(sections: readonly Section[]): Busiest | null {
  for (const section of sections) {
    const places = BUSIEST_COLUMNS.map((column) => section.columns.indexOf(column));
    if (places.includes(-1)) continue;
    return { section, rows: section.rows.slice(0, BUSIEST_ROWS).map((row) => places.map((at) => row[at] ?? "")) };
  }
  return null;
}
