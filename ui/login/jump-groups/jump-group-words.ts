/** A Jump Group's fields as a form, and how a change of them is told. */
import type { JumpGroup } from "../../../protocol/api/administration.ts";
import type { JumpGroupMember } from "../../../protocol/api/policies.ts";

/** What the form edits. */
export interface JumpGroupDraft {
  name: string;
  codeName: string;
  comments: string;
  assistance: JumpGroup["assistance"];
  /** "site": as the site says. */
  endpointTools: "site" | "on" | "off";
}

export const assistanceNames: Readonly<Record<JumpGroup["assistance"], string>> = {
  both: "With and without a customer there",
  attended: "Only while a customer is there",
  unattended: "Only while nobody is there",
};

export const endpointToolsNames: Readonly<Record<JumpGroupDraft["endpointTools"], string>> = {
  site: "As the site says",
  on: "Allowed",
  off: "Not allowed",
};

export function draftOf({ name, codeName, comments, assistance, hasEndpointTools }: JumpGroup): JumpGroupDraft {
  const endpointTools = hasEndpointTools === null ? "site" : hasEndpointTools ? "on" : "off";
  return { name, codeName, comments, assistance, endpointTools };
}

/** Only what differs: a field nobody touched is not sent, so that its permission is not asked for. */
export function changedFields(saved: JumpGroupDraft, edited: JumpGroupDraft): Partial<Omit<JumpGroup, "id">> {
  const { name, codeName, comments, assistance, endpointTools } = edited;
  return {
    ...(saved.name === name ? {} : { name: name.trim() }),
    ...(saved.codeName === codeName ? {} : { codeName: codeName.trim() }),
    ...(saved.comments === comments ? {} : { comments: comments.trim() }),
    ...(saved.assistance === assistance ? {} : { assistance }),
    ...(saved.endpointTools === endpointTools
      ? {}
      : { hasEndpointTools: endpointTools === "site" ? null : endpointTools === "on" }),
  };
}

/** One sentence for each difference. */
export function jumpGroupChanges(saved: JumpGroupDraft, edited: JumpGroupDraft): readonly string[] {
  const change = changedFields(saved, edited);
  const [helpAfter, helpBefore] = [assistanceNames[edited.assistance], assistanceNames[saved.assistance]];
  const [toolsAfter, toolsBefore] = [endpointToolsNames[edited.endpointTools], endpointToolsNames[saved.endpointTools]];
  return [
    ...("name" in change ? [`Name: “${edited.name}”, was “${saved.name}”`] : []),
    ...("codeName" in change ? [`Code name: “${edited.codeName}”, was “${saved.codeName}”`] : []),
    ...("comments" in change ? ["Other comments"] : []),
    ...("assistance" in change ? [`Help it takes: ${helpAfter}, was ${helpBefore}`] : []),
    ...("hasEndpointTools" in change ? [`Endpoint tools: ${toolsAfter}, was ${toolsBefore}`] : []),
  ];
}

/** Why a member cannot be changed on this page. */
export function elsewhereSentence({ by }: JumpGroupMember): string {
  if (by.kind === "group-policy")
    return "Given by a group policy: a change there counts for all its members. Add the person here to override it.";
  if (by.kind === "system-role")
    return "Given by the System role of the account: a change there counts for every Jump Group without a role of its own. Add the person here to override it.";
  return "";
}
