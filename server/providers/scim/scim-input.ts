/**
 * Makes what SCIM clients really send into what the standard says. Entra writes "False" as a text and "Add" with a
 * capital; Okta patches without a path; both send attributes nobody keeps. Pure.
 */
import { AppError } from "../../../protocol/errors.ts";

/** What is kept of a user. */
const USER_ATTRIBUTES = ["userName", "externalId", "displayName", "name", "emails", "active"] as const;
const GROUP_ATTRIBUTES = ["displayName", "externalId", "members"] as const;
const MAX_OPERATIONS = 1000;

export type Plain = Readonly<Record<string, unknown>>;

/** A refusal in the standard's words (RFC 7644 3.12). */
export class ScimProblem extends AppError {
  constructor(
    readonly status: number,
    readonly scimType: string,
    message: string,
  ) {
    super("request.invalid", message);
  }
}

/** The attributes of a resource that are kept, in their proper spelling. */
export function normalisedResource(body: unknown, kind: "User" | "Group"): Plain {
  if (!isPlain(body)) throw new ScimProblem(400, "invalidSyntax", "The body is not a JSON object.");
  const kept = new Map<string, unknown>();
  for (const [name, value] of Object.entries(body)) {
    const known = attributeNamed(name, kind);
    if (known !== null) kept.set(known, normalisedValue(known, value));
  }
  return Object.fromEntries(kept);
}

interface Operation {
  readonly op: "add" | "remove" | "replace";
  readonly path?: string;
  readonly value?: unknown;
}

/** A PatchOp's operations; those on attributes nobody keeps are left out. */
export function normalisedOperations(body: unknown, kind: "User" | "Group"): Operation[] {
  const operations = isPlain(body) ? body["Operations"] : undefined;
  if (!Array.isArray(operations) || operations.length > MAX_OPERATIONS)
    throw new ScimProblem(400, "invalidSyntax", `The body needs Operations, ${MAX_OPERATIONS} at most.`);
  return operations.flatMap((operation: unknown) => normalisedOperation(operation, kind));
}

function normalisedOperation(operation: unknown, kind: "User" | "Group"): Operation[] {
  if (!isPlain(operation)) throw new ScimProblem(400, "invalidSyntax", "An operation is not an object.");
  const op = String(operation["op"]).toLowerCase();
  if (op !== "add" && op !== "remove" && op !== "replace")
    throw new ScimProblem(400, "invalidSyntax", "An operation has to be add, remove or replace.");
  const { path, value } = operation;
  if (path === undefined || path === "") return isPlain(value) ? withoutPath(op, value, kind) : [];
  if (typeof path !== "string") throw new ScimProblem(400, "invalidPath", "A path has to be a text.");
  const known = attributeNamed(rootOf(path), kind);
  if (known === null) return [];
  const spelt = known + localPath(path).slice(rootOf(path).length);
  return [{ op, path: spelt, ...(value === undefined ? {} : { value: normalisedValue(known, value) }) }];
}

/** `{"op": "replace", "value": {"active": false, "name.givenName": "C"}}`: one operation for each attribute. */
const withoutPath = (op: Operation["op"], value: Plain, kind: "User" | "Group"): Operation[] =>
  Object.entries(value).flatMap(([path, one]) => normalisedOperation({ op, path, value: one }, kind));

/** "urn:ietf:params:scim:schemas:core:2.0:User:userName" is "userName"; other schemas' attributes stay as they are. */
const localPath = (path: string): string =>
  path.replace(/^urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):/iu, "");

const rootOf = (path: string): string => /^[^.[]*/u.exec(localPath(path))![0];

/** The proper spelling; `null` for an attribute nobody keeps. */
function attributeNamed(name: string, kind: "User" | "Group"): string | null {
  const names: readonly string[] = kind === "User" ? USER_ATTRIBUTES : GROUP_ATTRIBUTES;
  return names.find((known) => known.toLowerCase() === name.toLowerCase()) ?? null;
}

function normalisedValue(name: string, value: unknown): unknown {
  if (name === "active") return asBoolean(value);
  // Entra's group members come one at a time or as a list; other things beside their ids are of no use.
  if (name === "members" && Array.isArray(value)) return value.map(memberOf);
  return value;
}

const memberOf = (member: unknown): unknown => (isPlain(member) ? { value: member["value"] } : { value: member });

function asBoolean(value: unknown): boolean {
  const one: unknown = Array.isArray(value) && isPlain(value[0]) ? value[0]["value"] : value;
  const text = String(one).toLowerCase();
  if (text === "true") return true;
  if (text === "false") return false;
  throw new ScimProblem(400, "invalidValue", "active has to be true or false.");
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);
