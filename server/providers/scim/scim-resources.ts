/** Our accounts and groups as SCIM resources, and scimmy for what the standard says about patches and filters. */
import { Messages, Schemas, Types } from "scimmy";
import type { AccountChanges, ProviderAccount } from "../account-store.ts";
import { displayName, emailAddress, isUsername } from "../mapping.ts";
import type { ScimGroup } from "../scim-store.ts";
import { normalisedOperations, type Plain, ScimProblem } from "./scim-input.ts";

const PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
export const USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User";
export const GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group";
const MAX_FILTER_CHARACTERS = 1000;
const MAX_COUNT = 500;

/** @param base the address of /scim/v2 */
export function userResource(account: ProviderAccount, base: string): Plain {
  return {
    schemas: [USER_SCHEMA],
    id: account.id,
    ...(account.externalId === null || account.externalId === account.id ? {} : { externalId: account.externalId }),
    userName: account.username,
    displayName: account.displayName,
    name: { formatted: account.displayName },
    active: !account.isDisabled,
    ...(account.email === "" ? {} : { emails: [{ value: account.email, type: "work", primary: true }] }),
    meta: { resourceType: "User", location: `${base}/Users/${account.id}` },
  };
}

export function groupResource(group: ScimGroup, members: readonly string[], base: string): Plain {
  return {
    schemas: [GROUP_SCHEMA],
    id: group.id,
    ...(group.externalId === null ? {} : { externalId: group.externalId }),
    displayName: group.displayName,
    members: members.map((value) => ({ value })),
    meta: { resourceType: "Group", location: `${base}/Groups/${group.id}` },
  };
}

/** What of an account a user resource asks to change; what it does not say stays. */
export function accountChangesOf(user: Plain): AccountChanges {
  const { userName, active, externalId } = user;
  if (userName !== undefined && (typeof userName !== "string" || !isUsername(userName)))
    throw new ScimProblem(400, "invalidValue", "userName has to be 1 to 128 characters without spaces.");
  const name = nameOf(user);
  const email = emailOf(user["emails"]);
  return {
    ...(userName === undefined ? {} : { username: userName as string }),
    ...(name === "" ? {} : { displayName: name }),
    ...(email === null ? {} : { email }),
    ...(typeof active === "boolean" ? { isDisabled: !active } : {}),
    ...(typeof externalId === "string" && externalId !== "" ? { externalId: externalId.slice(0, 1024) } : {}),
  };
}

function nameOf({ displayName: shown, name }: Plain): string {
  const { formatted, givenName, familyName } = (name ?? {}) as Plain;
  const joined = [givenName, familyName].filter((part) => typeof part === "string").join(" ");
  return (
    [shown, joined, formatted].map((text) => (typeof text === "string" ? displayName(text) : "")).find(Boolean) ?? ""
  );
}

/** `null`: nothing was said. */
function emailOf(emails: unknown): string | null {
  if (!Array.isArray(emails)) return null;
  const list = emails as readonly Plain[];
  const chosen = list.find((one) => one["primary"] === true) ?? list.find((one) => one["type"] === "work") ?? list[0];
  return emailAddress(typeof chosen?.["value"] === "string" ? chosen["value"] : "");
}

/** The resource after a PatchOp. @throws {ScimProblem} */
export async function patched(resource: Plain, body: unknown, kind: "User" | "Group"): Promise<Plain> {
  const operations = normalisedOperations(body, kind);
  if (operations.length === 0) return resource;
  return await told(async () => {
    const schema = kind === "User" ? Schemas.User : Schemas.Group;
    const source = new schema(structuredClone(resource), "both");
    const patch = new Messages.PatchOp({ schemas: [PATCH_SCHEMA], Operations: operations });
    const result = (await patch.apply(source)) as object | undefined;
    return JSON.parse(JSON.stringify(result ?? source)) as Plain;
  });
}

/** Those a filter means. @throws {ScimProblem} invalidFilter */
export async function filtered(resources: readonly Plain[], filter: string | null): Promise<Plain[]> {
  if (filter === null) return [...resources];
  if (filter.length > MAX_FILTER_CHARACTERS) throw new ScimProblem(400, "invalidFilter", "The filter is too long.");
  return await told(() => Promise.resolve(new Types.Filter(filter).match([...resources]) as Plain[]));
}

/** One page of a list, from 1. */
export function listResponse(resources: readonly Plain[], query: URLSearchParams): Plain {
  const startIndex = Math.max(1, numberOf(query.get("startIndex"), 1));
  const count = Math.min(MAX_COUNT, Math.max(0, numberOf(query.get("count"), 100)));
  const page = resources.slice(startIndex - 1, startIndex - 1 + count);
  return {
    schemas: [LIST_SCHEMA],
    totalResults: resources.length,
    startIndex,
    itemsPerPage: page.length,
    Resources: page,
  };
}

const numberOf = (text: string | null, otherwise: number): number =>
  text !== null && /^\d{1,9}$/u.test(text) ? Number(text) : otherwise;

/** scimmy's errors as ours. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { status, scimType } = error as { status?: unknown; scimType?: unknown };
    if (!(error instanceof Error)) throw error;
    const code = typeof status === "number" && status < 500 ? status : 400;
    throw new ScimProblem(code, typeof scimType === "string" ? scimType : "invalidValue", error.message);
  }
}
