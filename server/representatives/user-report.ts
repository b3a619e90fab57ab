/** The user account report: who has an account, and what it may do (B7). */
import { setImmediate as othersTurn } from "node:timers/promises";
import type { User } from "../../protocol/api/users.ts";
import { accountPermissions } from "../../protocol/permissions.ts";
import { csvCell } from "../audit/audit-log.ts";
import type { Clock } from "../clock.ts";
import type { Queries } from "../database/database.ts";
import { findAccounts } from "./list-store.ts";
import type { Users, UserWithRights } from "./users.ts";

/** Accounts read at once; the reader of the report waits for the next ones, not everybody else. */
const PAGE = 200;
const EVERYBODY = 10_000_000;

/** One line of the report. */
type Line = Readonly<Record<(typeof columns)[number], string | number | boolean | readonly string[]>>;

const columns = [
  "username",
  "displayName",
  "publicName",
  "email",
  "provider",
  "status",
  "isAdministrator",
  "isBreakGlass",
  "createdAt",
  "expiresAt",
  "lastSignInAt",
  "lastSeenAt",
  "hasPassword",
  "mustChangePassword",
  "passkeys",
  "hasAuthenticatorApp",
  "groupPolicies",
  "permissions",
] as const;

/** Every account, by user name, as CSV for spreadsheets or JSON lines for programs. */
export async function* userReport(
  queries: Queries,
  clock: Clock,
  users: Users,
  format: "csv" | "json",
): AsyncGenerator<string> {
  if (format === "csv") yield `${columns.join(",")}\r\n`;
  const write = format === "csv" ? toCsv : (line: Line) => `${JSON.stringify(line)}\n`;
  const { ids } = await findAccounts(queries, { sort: "username", limit: EVERYBODY }, clock.now().toISOString());
  for (let first = 0; first < ids.length; first += PAGE) {
    const accounts = await users.read(ids.slice(first, first + PAGE));
    yield accounts.map((account) => write(toLine(account))).join("");
    await othersTurn();
  }
}

function toLine({ user, rights }: UserWithRights): Line {
  return {
    username: user.username,
    displayName: user.displayName,
    publicName: user.publicName,
    email: user.email,
    provider: providerOf(user),
    status: user.status,
    isAdministrator: user.isAdministrator,
    isBreakGlass: user.isBreakGlass,
    createdAt: user.createdAt,
    expiresAt: user.expiresAt ?? "",
    lastSignInAt: user.lastSignInAt ?? "",
    lastSeenAt: user.lastSeenAt ?? "",
    hasPassword: user.hasPassword,
    mustChangePassword: user.mustChangePassword,
    passkeys: user.passkeys,
    hasAuthenticatorApp: user.hasAuthenticatorApp,
    groupPolicies: user.groupPolicies.map(({ name }) => name),
    permissions: accountPermissions.filter((name) => rights.isAdministrator || rights.settings[name].value),
  };
}

const providerOf = ({ provider, providerName }: User): string => (provider === "local" ? "local" : providerName);

function toCsv(line: Line): string {
  const cells = columns.map((column) => {
    const value = line[column];
    return csvCell(typeof value === "object" ? value.join("; ") : String(value));
  });
  return `${cells.join(",")}\r\n`;
}
