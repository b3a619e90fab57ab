/** What the settings are called, what they do, and how a change of one is told. */
import type { Settings } from "../../../protocol/api/administration.ts";
import { languageOf } from "../../languages/languages.ts";

export interface SettingField {
  readonly label: string;
  readonly help: string;
  /** Behind a number. */
  readonly unit: string;
}

export const settingFields: Readonly<Record<keyof Settings, SettingField>> = {
  siteName: { label: "Site name", help: "Shown on every page and to the people you help.", unit: "" },
  hostname: {
    label: "Hostname",
    help: "Jump Clients connect to this name. New installers carry a new name at once. Jump Clients that are set up go on using the old one, so keep it leading here too.",
    unit: "",
  },
  isConsoleEnabled: {
    label: "Allow the web representative console",
    help: "Anyone with an account can reach computers from a browser at /console. Turning it off signs everybody out of the console and ends the sessions that run.",
    unit: "",
  },
  language: {
    label: "Language of messages",
    help: "For e-mail to people who have chosen no language, and for the question at a computer whose own language is not spoken here. Pages follow each reader's browser.",
    unit: "",
  },
  statisticsIntervalSeconds: {
    label: "Jump Clients send statistics every",
    help: "Processor, memory, disks, who is signed in. Shorter is fresher and costs traffic with many computers. 5 seconds to 1 hour.",
    unit: "seconds",
  },
};

/** The fields that differ, with their new values. */
export function changedSettings(saved: Settings, edited: Settings): Partial<Settings> {
  const names = Object.keys(saved) as (keyof Settings)[];
  return Object.fromEntries(names.filter((name) => saved[name] !== edited[name]).map((name) => [name, edited[name]]));
}

function valueInWords(name: keyof Settings, value: unknown): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (name === "language") return languageOf(String(value))?.name ?? String(value);
  const { unit } = settingFields[name];
  return unit === "" ? `“${String(value)}”` : `${String(value)} ${unit}`;
}

/** One sentence for each change: "Jump Clients send statistics every: 10 seconds, was 60 seconds". */
export function changesInWords(saved: Settings, change: Partial<Settings>): readonly string[] {
  const names = Object.keys(change) as (keyof Settings)[];
  return names.map(
    (name) =>
      `${settingFields[name].label}: ${valueInWords(name, change[name])}, was ${valueInWords(name, saved[name])}`,
  );
}
