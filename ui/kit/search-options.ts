/** The options of a combobox that fit what is typed. Pure. */

/** One choice. */
export interface Option {
  readonly value: string;
  readonly label: string;
  /** Behind the label, such as a count or a description. */
  readonly detail?: string;
}

/** How many options stand in the list at once; typing more shortens it. */
export const MAX_SHOWN_OPTIONS = 100;

/** The options that have each word in label or detail, those whose label begins with the text first. */
export function searchOptions(options: readonly Option[], text: string): readonly Option[] {
  const typed = text.trim().toLowerCase();
  const words = typed.split(/\s+/u).filter((word) => word !== "");
  const found = options.filter(({ label, detail = "" }) => {
    const all = `${label} ${detail}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const starts = (option: Option): boolean => option.label.toLowerCase().startsWith(typed);
  return [...found.filter(starts), ...found.filter((option) => !starts(option))].slice(0, MAX_SHOWN_OPTIONS);
}
