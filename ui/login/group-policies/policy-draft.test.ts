import { expect, test } from "bun:test";
import type { GroupPolicy, SettingChoices } from "../../../protocol/api/users.ts";
import { draftChanges, draftOf, draftSentences } from "./policy-draft.ts";

const desks = { id: "d", name: "Desks" };
const labs = { id: "l", name: "Labs" };
const choices: SettingChoices = {
  ...{ jumpItemRoles: [{ id: "r", name: "Helper" }], sessionPolicies: [], groupPolicies: [], teams: [], providers: [] },
  jumpGroups: [desks, labs],
};
const policy: GroupPolicy = {
  ...{ id: "p", position: 1, name: "Contractors", description: "", members: 0, version: 1, settings: {} },
  ...{ memberList: [], teams: [], createdAt: "2026-11-21T06:00:00.000Z", membersInSession: 0 },
  jumpGroups: [{ jumpGroup: "d", role: "r", change: "add" }],
  areJumpGroupsFinal: false,
};

test("SPOL-10 taking out, saying nothing any more and being final are changes, each with its sentence", () => {
  const draft = draftOf(policy);
  expect(draftChanges(policy, draft)).toEqual({});
  const out = {
    ...draft,
    jumpGroups: [
      { jumpGroup: "d", role: null, change: "remove" as const },
      { jumpGroup: "l", role: "r", change: "add" as const },
    ],
    areJumpGroupsFinal: true,
  };
  expect(draftChanges(policy, out)).toEqual({ jumpGroups: out.jumpGroups, areJumpGroupsFinal: true });
  expect(draftSentences(policy, out, choices, null)).toEqual([
    "Jump Group Desks: members are taken out",
    "Jump Group Labs: Helper",
    "Its Jump Groups are final",
  ]);
  expect(draftSentences(policy, { ...draft, jumpGroups: [] }, choices, null)).toEqual([
    "Says nothing of the Jump Group Desks any more",
  ]);
});
