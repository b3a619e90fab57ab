/** /scim/v2/Groups: groups a SCIM provider makes and whom it puts in. What they bring stands in the provider's mapping. */
import type { Tx } from "../../database/database.ts";
import { newId } from "../../new-id.ts";
import { findAccount } from "../account-store.ts";
import type { Provider } from "../provider.ts";
import {
  deleteGroup,
  findGroup,
  insertGroup,
  listGroupNames,
  listGroups,
  listMembers,
  type ScimGroup,
  updateGroup,
} from "../scim-store.ts";
import { normalisedResource, type Plain, ScimProblem } from "./scim-input.ts";
import { filtered, groupResource, patched } from "./scim-resources.ts";
import type { ScimNeeds } from "./scim-users.ts";

const MAX_NAME = 512;
const MAX_MEMBERS = 10_000;

interface Wanted {
  readonly displayName: string;
  readonly externalId: string | null;
  readonly members: readonly string[];
}

export class ScimGroups {
  constructor(
    private readonly needs: ScimNeeds,
    private readonly provider: Provider,
    private readonly base: string,
  ) {}

  async list(filter: string | null): Promise<Plain[]> {
    const { queries } = this.needs.database;
    const resources: Plain[] = [];
    for (const group of await listGroups(queries, this.provider.id))
      resources.push(groupResource(group, await listMembers(queries, this.provider.id, group.displayName), this.base));
    return await filtered(resources, filter);
  }

  async get(id: string): Promise<Plain> {
    return await this.#view(null, id);
  }

  /** @throws {ScimProblem} uniqueness */
  async create(body: unknown): Promise<Plain> {
    const wanted = wantedOf(normalisedResource(body, "Group"));
    const group: ScimGroup = { id: newId(), displayName: wanted.displayName, externalId: wanted.externalId };
    await this.needs.database.transaction(async (tx) => {
      await this.#checkName(tx, group);
      await insertGroup(tx, this.provider.id, group);
      await this.#setMembers(tx, group.displayName, wanted.members);
    });
    this.needs.policiesChanged();
    return await this.get(group.id);
  }

  /** PUT: what the body says; without members there, they stay. */
  async replace(id: string, body: unknown): Promise<Plain> {
    return await this.#change(id, (before) => Promise.resolve({ ...before, ...normalisedResource(body, "Group") }));
  }

  async patch(id: string, body: unknown): Promise<Plain> {
    // Whom the last member leaves, the patched group has no list of members any more.
    return await this.#change(id, async (before) => ({ members: [], ...(await patched(before, body, "Group")) }));
  }

  async remove(id: string): Promise<void> {
    await this.needs.database.transaction(async (tx) => {
      const group = await this.#find(tx, id);
      await this.#setMembers(tx, group.displayName, []);
      await deleteGroup(tx, id);
    });
    this.needs.policiesChanged();
  }

  async #change(id: string, next: (before: Plain) => Promise<Plain>): Promise<Plain> {
    await this.needs.database.transaction(async (tx) => {
      const before = await this.#find(tx, id);
      const wanted = wantedOf(await next(await this.#view(tx, id)));
      const after = { id, displayName: wanted.displayName, externalId: wanted.externalId };
      await this.#checkName(tx, after);
      await updateGroup(tx, this.provider.id, before, after);
      await this.#setMembers(tx, after.displayName, wanted.members, before.displayName !== after.displayName);
    });
    this.needs.policiesChanged();
    return await this.get(id);
  }

  /** Who is to be in the group, and what it brings, for everybody whom that changes. */
  async #setMembers(tx: Tx, name: string, wanted: readonly string[], isRenamed = false): Promise<void> {
    const present = await listMembers(tx, this.provider.id, name);
    const [before, after] = [new Set(present), new Set(wanted)];
    const changed = isRenamed ? new Set([...before, ...after]) : before.symmetricDifference(after);
    for (const id of changed) {
      const account = await findAccount(tx, id);
      if (account === null || account.provider !== this.provider.id)
        throw new ScimProblem(400, "invalidValue", "A member is none of this provider's users.");
      const others = (await listGroupNames(tx, this.provider.id, id)).filter((group) => group !== name);
      const groups = after.has(id) ? [...others, name] : others;
      await this.needs.accounts.synchronizeGroups(tx, this.provider, account, groups, true);
    }
  }

  async #checkName(tx: Tx, { id, displayName }: ScimGroup): Promise<void> {
    const same = (await listGroups(tx, this.provider.id)).find((group) => group.displayName === displayName);
    if (same !== undefined && same.id !== id)
      throw new ScimProblem(409, "uniqueness", `A group named ${displayName} exists already.`);
  }

  async #view(tx: Tx | null, id: string): Promise<Plain> {
    const queries = tx ?? this.needs.database.queries;
    const group = await this.#find(tx, id);
    return groupResource(group, await listMembers(queries, this.provider.id, group.displayName), this.base);
  }

  async #find(tx: Tx | null, id: string): Promise<ScimGroup> {
    const group = await findGroup(tx ?? this.needs.database.queries, this.provider.id, id);
    if (group === null) throw new ScimProblem(404, "", "There is no such group.");
    return group;
  }
}

function wantedOf({ displayName, externalId, members }: Plain): Wanted {
  if (typeof displayName !== "string" || displayName.trim() === "" || displayName.length > MAX_NAME)
    throw new ScimProblem(400, "invalidValue", `displayName has to be 1 to ${MAX_NAME} characters.`);
  const list: readonly unknown[] = Array.isArray(members) ? members : [];
  if (list.length > MAX_MEMBERS) throw new ScimProblem(413, "tooMany", `A group has ${MAX_MEMBERS} members at most.`);
  const ids = list
    .map((member) => (member as { value?: unknown } | null)?.value)
    .filter((id) => typeof id === "string");
  return {
    displayName: displayName.trim(),
    externalId: typeof externalId === "string" ? externalId : null,
    members: ids,
  };
}
