/** How long an installer can be valid, in the words people choose from. */

/** Select values are texts: minutes. */
export const validities = [
  { value: "60", label: "1 hour" },
  { value: "1440", label: "1 day" },
  { value: "10080", label: "7 days" },
  { value: "43200", label: "30 days" },
  { value: "129600", label: "90 days" },
  { value: "525600", label: "1 year" },
] as const;

export type Validity = (typeof validities)[number]["value"];
