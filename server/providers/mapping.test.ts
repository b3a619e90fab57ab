import { describe, expect, test } from "bun:test";
import { identityOf, membershipChanges } from "./mapping.ts";
import type { Mapping } from "./provider.ts";

const mapping = (changes: Partial<Mapping> = {}): Mapping => ({
  attributes: { username: "uid", displayName: "cn", email: "mail", groups: "groups" },
  createsAccounts: true,
  groupSync: "authoritative",
  groupRules: [
    { group: "Support", groupPolicies: ["console"], teams: ["desk"] },
    { group: "Admins", groupPolicies: ["console", "administrators"], teams: [] },
  ],
  ...changes,
});
const person = (attributes: Record<string, string[]>) => ({
  externalId: "id-1",
  defaultUsername: "fallback",
  attributes: new Map(Object.entries(attributes)),
});

describe("attributes", () => {
  test("they become a name, a display name, an e-mail address and groups", () => {
    const said = person({ uid: ["carol"], cn: ["Carol Jones"], mail: ["c@example.com"], groups: ["A", "B", "A", " "] });
    expect(identityOf("p", said, mapping())).toEqual({
      provider: "p",
      externalId: "id-1",
      username: "carol",
      displayName: "Carol Jones",
      email: "c@example.com",
      groups: ["A", "B"],
    });
  });

  test("a missing group attribute says nothing; an empty one says that there are none", () => {
    expect(identityOf("p", person({ uid: ["carol"] }), mapping()).groups).toBeNull();
    expect(identityOf("p", person({ uid: ["carol"], groups: [] }), mapping()).groups).toEqual([]);
  });

  test("a user name that is none is refused, and so is a person without a key", () => {
    for (const uid of [[], [""], ["two words"], ["a".repeat(129)], ["tab\there"]])
      expect(() => identityOf("p", person({ uid }), mapping())).toThrow("gave no usable user name");
    expect(() => identityOf("p", { ...person({ uid: ["carol"] }), externalId: " " }, mapping())).toThrow(
      "names nobody",
    );
  });

  test("without an attribute for it, the provider's own name is taken; an address that is none is left out", () => {
    const names = { ...mapping().attributes, username: "" };
    const identity = identityOf("p", person({ mail: ["no address"] }), mapping({ attributes: names }));
    expect(identity).toMatchObject({ username: "fallback", displayName: "fallback", email: "" });
  });
});

describe("groups", () => {
  const has = {
    groups: ["Support", "Old"],
    groupPolicies: ["console", "administrators", "by-hand"],
    teams: ["desk", "own"],
  };

  test("authoritative: what no group brings any more goes, what no rule names stays", () => {
    expect(membershipChanges(mapping(), ["Support", "New"], has)).toEqual({
      groups: { add: ["New"], remove: ["Old"] },
      groupPolicies: { add: [], remove: ["administrators"] },
      teams: { add: [], remove: [] },
    });
  });

  test("additive: nothing ever goes", () => {
    const changes = membershipChanges(mapping({ groupSync: "additive" }), ["Admins"], { ...has, groupPolicies: [] });
    expect(changes.groupPolicies).toEqual({ add: ["console", "administrators"], remove: [] });
    expect([changes.groups.remove, changes.teams.remove]).toEqual([[], []]);
  });

  test("nothing said of groups wipes nothing; an empty list takes everything the rules bring", () => {
    const nothing = { add: [], remove: [] };
    expect(membershipChanges(mapping(), null, has)).toEqual({
      groups: nothing,
      groupPolicies: nothing,
      teams: nothing,
    });
    expect(membershipChanges(mapping(), [], has)).toMatchObject({
      groups: { remove: ["Support", "Old"] },
      groupPolicies: { remove: ["console", "administrators"] },
      teams: { remove: ["desk"] },
    });
  });
});
