/** What an audit event's detail says of a change, line by line. Details were written by older versions, too: nothing is taken for granted. */
import { type AccountSettingName, accountSettings } from "../../../protocol/account-settings.ts";
import { detailKey, valueText as factText } from "../audit-log/detail-lines.ts";
import { policyValueText, type SettingNames, valueText } from "../settings-form/setting-words.ts";

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isBeforeAfter(value: unknown): value is { before: unknown; after: unknown } {
  return isFields(value) && "before" in value && "after" in value;
}

/** One sentence a change: "Use the console: Not allowed, was Allowed". */
export function detailSentences(detail: Fields, names: SettingNames): readonly string[] {
  return Object.entries(detail).flatMap(([key, value]) => {
    if (key === "settings" && isFields(value)) return settingsSentences(value, names);
    if (isBeforeAfter(value))
      return [`${detailKey(key)}: ${factText(value.after, key)}, was ${factText(value.before, key)}`];
    return isFields(value) ? [`${detailKey(key)}: ${listText(value)}`] : [`${detailKey(key)}: ${factText(value, key)}`];
  });
}

function settingsSentences(settings: Fields, names: SettingNames): readonly string[] {
  return Object.entries(settings).map(([name, value]) => {
    if (!Object.hasOwn(accountSettings, name)) return `${detailKey(name)}: ${factText(value)}`;
    const known = name as AccountSettingName;
    const title = accountSettings[known].name;
    if (!isBeforeAfter(value)) return `${title}: ${settingText(known, value, names)}`;
    return `${title}: ${settingText(known, value.after, names)}, was ${settingText(known, value.before, names)}`;
  });
}

/** A user's value as it is, a group policy's with whether it is final. */
function settingText(name: AccountSettingName, value: unknown, names: SettingNames): string {
  if (isFields(value) && "isFinal" in value && "value" in value)
    return policyValueText(name, { value: value["value"] as never, isFinal: value["isFinal"] === true }, names);
  return value === null ? "Not set" : valueText(name, value, names);
}

/** Such as members: { set: { "Ada": "member" }, removed: ["Bo"] }. */
function listText(value: Fields): string {
  const parts = Object.entries(value).flatMap(([key, part]) => {
    if (Array.isArray(part) && part.length > 0)
      return [`${detailKey(key)} ${part.map((one) => factText(one)).join(", ")}`];
    if (isFields(part) && Object.keys(part).length > 0) return [`${detailKey(key)} ${Object.keys(part).join(", ")}`];
    return [];
  });
  return parts.length > 0 ? parts.join("; ") : factText(value);
}
