/** Decisions in words: where a setting came from, which path a permission took, why it fell as it did. */
import { accountSettings } from "../../../protocol/account-settings.ts";
import type {
  Because,
  Decision,
  JumpItemRoleSource,
  SessionPolicyStep,
  SettingSource,
} from "../../../protocol/decision.ts";
import { permissions } from "../../../protocol/permissions.ts";
import { formatExact } from "../../kit/format.ts";
import { roleName } from "../jump-item-roles/role-name.ts";

/** Where a setting's value comes from. */
export function sourceSentence(source: SettingSource): string {
  if (source.kind === "default") return "Nobody defines it";
  if (source.kind === "user") return "Set for this user";
  if (source.isFinal) return `Group policy ${source.policy.name}, final`;
  return `Group policy ${source.policy.name}`;
}

/** Why somebody has a role on a Jump Item. */
export function roleSourceSentence(source: JumpItemRoleSource): string {
  if (source.kind === "administrator") return "As an administrator";
  if (source.kind === "jump-group") return `Given in the Jump Group ${source.jumpGroup.name}`;
  if (source.kind === "group-policy")
    return `Given in the Jump Group ${source.jumpGroup.name} by the group policy ${source.policy.name}`;
  return `${accountSettings[source.setting].name}. ${sourceSentence(source.source)}`;
}

/** One layer that was looked through, by name. */
export function stepSentence(step: SessionPolicyStep): string {
  const name = layerSentence(step);
  if (step.value === "not-defined") return `${name}, not defined`;
  if (step.value === "deny") return `${name} denies`;
  return step.isAsked ? `${name} allows and asks` : `${name} allows`;
}

function layerSentence({ layer, sessionPolicy, groupPolicy }: SessionPolicyStep): string {
  if (layer === "global") return "The global policy";
  if (layer === "jump-item") return `The Jump Item's policy ${sessionPolicy?.name ?? ""}`;
  if (layer === "portal") return `The portal's policy ${sessionPolicy?.name ?? ""}`;
  if (layer === "user")
    return sessionPolicy === null ? "The user's own rules" : `The user's policy ${sessionPolicy.name}`;
  const by = groupPolicy?.name ?? "";
  return sessionPolicy === null
    ? `The rules of group policy ${by}`
    : `The policy ${sessionPolicy.name} of group policy ${by}`;
}

type Words = { readonly [R in Because["rule"]]: (because: Extract<Because, { rule: R }>) => string };

const words: Words = {
  "open-to-anyone": () => "Open to anyone.",
  "not-signed-in": () => "Nobody is signed in.",
  "signed-in": () => "Everybody who is signed in may.",
  "appliance-administrator": () => "Administrators of the appliance may.",
  "console-disabled": () => "The web console is off for the whole site.",
  "account-setting": ({ source }) => `${sourceSentence(source)}.`,
  administrator: ({ source }) => `Administrators may. ${sourceSentence(source)}.`,
  "outside-sign-in-schedule": ({ nextAt }) =>
    nextAt === null
      ? "Now is outside the sign-in schedule, and it never opens."
      : `Now is outside the sign-in schedule. It opens ${formatExact(nextAt)}.`,
  "scope-lacks": () => "The API account's scopes do not reach so far.",
  "jump-item-role": ({ role, source, allows }) =>
    allows
      ? `The role ${roleName(role)} allows it. ${roleSourceSentence(source)}.`
      : `The role ${roleName(role)} does not allow it. ${roleSourceSentence(source)}.`,
  "no-jump-item-role": ({ removedBy }) =>
    removedBy === undefined
      ? "No role reaches this Jump Item: for this person it does not exist."
      : `The group policy ${removedBy.name} takes this person out of the Jump Group, and no other role reaches the Jump Item.`,
  "no-jump-item": () => "It concerns a Jump Item. Choose one.",
  "assistance-not-offered": ({ jumpGroup, presence }) =>
    presence === "present"
      ? `The Jump Group ${jumpGroup.name} takes no help while somebody is there.`
      : `The Jump Group ${jumpGroup.name} takes no help while nobody is there.`,
  "endpoint-tools-off": ({ jumpGroup }) =>
    jumpGroup === null
      ? "Endpoint tools are off for the site."
      : `Endpoint tools are off for the Jump Group ${jumpGroup.name}.`,
  "session-policy": (because) => sessionSentence(because),
  needs: ({ needed }) => `It needs “${permissions[needed].name}”, which is denied.`,
  "not-owner": () => "Only who owns the session may.",
  "external-never": () => "People without an account never may.",
};

function sessionSentence({
  path,
  isUnanswerable,
  whenUnanswered,
}: Extract<Because, { rule: "session-policy" }>): string {
  const told = path.map(stepSentence).join(" → ");
  if (!isUnanswerable) return `${told}.`;
  return whenUnanswered === "allow"
    ? `${told}. Nobody is there to answer, which counts as allowed.`
    : `${told}. Nobody is there to answer, which counts as denied.`;
}

/** Why it fell as it did, in words. */
export function becauseSentence(because: Because): string {
  const say = words[because.rule] as (because: Because) => string;
  return say(because);
}

/** What came out, in one word. */
export function outcomeLabel(outcome: Decision["outcome"]): string {
  if (outcome === "allow") return "Allow";
  return outcome === "ask" ? "Ask" : "Deny";
}
