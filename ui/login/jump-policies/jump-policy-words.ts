/** How a change of a Jump Policy is told. */
import type { JumpRules } from "../../../protocol/api/policies.ts";

/** What is saved, as far as the form goes. */
export interface JumpPolicyDraft {
  displayName: string;
  description: string;
  rules: JumpRules;
}

const onOrOff = (isOn: boolean): string => (isOn ? "On" : "Off");

/** One sentence for each difference. */
export function jumpPolicyChanges(saved: JumpPolicyDraft, edited: JumpPolicyDraft): readonly string[] {
  const [before, after] = [saved.rules, edited.rules];
  const differ = (name: keyof JumpRules): boolean => JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  const told: readonly (readonly [boolean, string])[] = [
    [saved.displayName !== edited.displayName, `Name: “${edited.displayName}”, was “${saved.displayName}”`],
    [saved.description !== edited.description, "Description"],
    [differ("schedule"), after.schedule === null ? "Schedule: at any time" : "Schedule: other hours"],
    [differ("isEndForced"), `End sessions when the schedule closes: ${onOrOff(after.isEndForced)}`],
    [differ("requiresTicket"), `Require a ticket id: ${onOrOff(after.requiresTicket)}`],
    [differ("requiresEndUserProof"), `End user proves who they are: ${onOrOff(after.requiresEndUserProof)}`],
    [differ("approval"), `Approval by a second person: ${onOrOff(after.approval !== null)}`],
    [differ("allowsSimultaneousJumps"), "Several people at once"],
  ];
  return told.flatMap(([isChanged, words]) => (isChanged ? [words] : []));
}
