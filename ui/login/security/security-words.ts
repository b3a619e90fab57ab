/** What the settings of the security page are called and do, and how a change of one is told. */
import type { Security } from "../../../protocol/api/security.ts";
import { plural } from "../../languages/plural.ts";

export interface FieldWords {
  readonly label: string;
  readonly help: string;
}

/** Every leaf of Security by its path. */
export const securityWords = {
  defaultMethod: {
    label: "Authenticate using",
    help: "What the sign-in page offers first. People can still choose another way.",
  },
  isProviderOnly: {
    label: "Sign-in by identity provider only",
    help: "Local passwords sign nobody in but break-glass accounts. Possible once an administrator has come by a provider, so that nobody is locked out.",
  },
  isPasswordResetEnabled: {
    label: "Password reset by e-mail",
    help: "A link that works once, within 24 hours. Needs e-mail to be set up.",
  },
  "passwords.minLength": { label: "Shortest password", help: "Long beats complicated. 8 to 128 characters." },
  "passwords.minKinds": {
    label: "Kinds of characters",
    help: "Of small letters, capitals, digits and others, how many a password must mix. 1 asks for nothing.",
  },
  "passwords.historyCount": {
    label: "Earlier passwords that may not come again",
    help: "0 to 24. At 0 a changed password may be changed back.",
  },
  "passwords.expiresAfterDays": {
    label: "Passwords expire",
    help: "A new one is asked for at the next sign-in. Without it people choose better ones.",
  },
  "passkeys.isEnabled": {
    label: "Passkeys",
    help: "People sign in without a password, by a key, a phone or this computer.",
  },
  "passkeys.requiresUserVerification": {
    label: "The key checks the person",
    help: "A PIN or a finger at each sign-in, so that a found key opens nothing.",
  },
  "passkeys.allowedModels": {
    label: "Only these models of keys",
    help: "AAGUIDs, one a line. Keys then say who made them when they are added, and the certificate they bring must name the model and lead to a maker named below. Windows Hello and other passkeys of a computer bring none that does.",
  },
  keyMakers: {
    label: "Makers of keys",
    help: "Root certificates of the makers, PEM, one after another. Makers publish them, and so does the FIDO Alliance.",
  },
  secondProof: {
    label: "Second proof",
    help: "Who must give more than a password: a code of an authenticator app, or a passkey. A user or a group policy can require it, too.",
  },
  lockOutAfterFailures: {
    label: "Lock an account after",
    help: "Failed sign-ins in a row. Guessing gets slow, and so does a person who mistypes. 3 to 100.",
  },
  lockOutMinutes: {
    label: "It opens again by itself",
    help: "Without it, an administrator unlocks each locked account by hand.",
  },
  idleSignOutMinutes: {
    label: "Sign out after idling for",
    help: "A page warns half a minute before. 5 minutes to 1 day.",
  },
  signInHours: { label: "A sign-in lasts", help: "At most so long, however busy. 1 to 720 hours." },
  maxSignIns: {
    label: "Limit sign-ins at once",
    help: "How many one account may hold in each of administration and the console.",
  },
  whenTooMany: { label: "One more than that", help: "What happens to a sign-in past the limit." },
  "networks.login": {
    label: "Administration only from",
    help: "Addresses or networks, one a line. None: from anywhere.",
  },
  "networks.console": { label: "Console only from", help: "Addresses or networks, one a line. None: from anywhere." },
  "networks.api": { label: "API only from", help: "Addresses or networks, one a line. None: from anywhere." },
  minimumTlsVersion: {
    label: "Oldest TLS version",
    help: "1.3 shuts out browsers and Jump Clients of before 2018.",
  },
  sessionKeyLength: {
    label: "Length of session keys",
    help: "Characters a customer types, 7 to 20. Session keys themselves come with a later release and take this length.",
  },
  retentionDays: {
    label: "Delete old records",
    help: "Audit log and session histories older than this go. Without it they are kept for ever.",
  },
} as const satisfies Readonly<Record<string, FieldWords>>;
export type SecurityField = keyof typeof securityWords;

/** Reads a field by its path. */
export function fieldOf(security: Security, field: SecurityField): unknown {
  const [name, inner] = field.split(".") as [keyof Security, string | undefined];
  const value = security[name];
  return inner === undefined ? value : (value as unknown as Readonly<Record<string, unknown>>)[inner];
}

const equals = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The fields that differ. */
export function changedFields(saved: Security, edited: Security): readonly SecurityField[] {
  const fields = Object.keys(securityWords) as SecurityField[];
  return fields.filter((field) => !equals(fieldOf(saved, field), fieldOf(edited, field)));
}

/** The body of the PATCH: whole top-level fields that differ, and the version that was looked at. */
export function changeOf(saved: Security, edited: Security): Partial<Security> & { readonly version: number } {
  const names = (Object.keys(edited) as (keyof Security)[]).filter((name) => !equals(saved[name], edited[name]));
  return { ...Object.fromEntries(names.map((name) => [name, edited[name]])), version: saved.version };
}

/** A value as a person says it. */
export function valueWords(value: unknown): string {
  if (value === null) return "Not set";
  if (typeof value === "boolean") return value ? "On" : "Off";
  if (Array.isArray(value)) return value.length === 0 ? "Anywhere" : plural(value.length, ["# line", "# lines"]);
  const text = typeof value === "number" || typeof value === "string" ? String(value) : JSON.stringify(value);
  return choiceWords[text] ?? text;
}

/** The words of values that are chosen from a few. */
export const choiceWords: Readonly<Record<string, string>> = {
  password: "Causeway account",
  passkey: "Passkey, without a password",
  nobody: "Nobody",
  administrators: "Administrators",
  everybody: "Everybody",
  refuse: "Is refused",
  "end-oldest": "Ends the oldest",
};

/** One sentence for each change. */
export function changesInWords(saved: Security, edited: Security): readonly string[] {
  return changedFields(saved, edited).map(
    (field) =>
      `${securityWords[field].label}: ${valueWords(fieldOf(edited, field))}, was ${valueWords(fieldOf(saved, field))}`,
  );
}
