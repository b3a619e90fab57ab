/** What the question before a customer says, in each language: short, about them, without words of our trade. */
import type { Permission, permissions } from "../../../protocol/permissions.ts";

/** What a session policy can make wait for the customer. */
export type AskedPermission = {
  [P in Permission]: (typeof permissions)[P] extends { readonly isAskable: true } ? P : never;
}[Permission];

export interface Wish {
  /** The question, with {who} for the representative. */
  readonly question: string;
  /** What saying yes means. */
  readonly meaning: string;
}

export interface QuestionWords {
  readonly wishes: Readonly<Record<AskedPermission, Wish>>;
  /** For a wish of a later release: {who}, and {wish} in English. */
  readonly otherWish: Wish;
  /** Under the site's name. */
  readonly remoteSupport: string;
  /** How long a yes lasts, and how it ends. */
  readonly howItEnds: string;
  /** What silence means; {seconds} are left. */
  readonly silence: Readonly<Record<"allow" | "deny", string>>;
  readonly allow: string;
  readonly deny: string;
  readonly connected: ConnectedWords;
}

/** What the notice of who is connected says. */
export interface ConnectedWords {
  /** Of one representative, {who}. */
  readonly one: string;
  /** Of several, listed in {who}. */
  readonly many: string;
  /** The button. */
  readonly stop: string;
  /** What a keyboard has to do; the keys as they are called on the keyboards of that language. */
  readonly keys: string;
}

/** A text with what stands in braces filled in. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/gu, (braced, name: string) => values[name] ?? braced);
}
