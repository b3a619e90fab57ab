/** Which strings of the user interface are words for people, and which are code: docs/decisions/0005-languages.md. */

/** Where a string stands. */
export interface Place {
  readonly scope: "markup" | "attribute" | "script";
  /** The element or component it stands in or belongs to. */
  readonly element: string | undefined;
  readonly attribute: string | undefined;
  /** The name of the property it is the value of. */
  readonly property: string | undefined;
  /** The function it is an argument of. */
  readonly call: string | undefined;
  /** The functions, methods and constants it stands in, the innermost last. */
  readonly owners: readonly string[];
  /** It is a value that markup shows, as in `{isKnown ? name : "nobody"}`. */
  readonly isShown: boolean;
}

/** What these elements show is meant as it is. */
const CODE_ELEMENTS = new Set(["code", "pre", "kbd", "samp", "script", "style"]);

/** Properties and attributes that hold words, a single small one too. */
const WORD_NAMES = new Set(
  `label labels title subtitle text word words help hint heading placeholder message messages description busyLabel
  alt unit units note caption summary question answer sentence tooltip singular plural legend prefix suffix empty
  aria-label aria-description aria-roledescription aria-valuetext`.split(/\s+/u),
);

/** Properties and attributes that hold code. */
const CODE_NAMES = new Set(
  `class id keys code kind type state tone variant size href src rel target method path url query for role
  icon autocomplete inputmode enterkeyhint accept style mode align side position theme density permission
  extension command font fontFamily hourCycle month day year hour minute second timeZoneName dateStyle timeStyle
  numeric describedBy transition d viewBox keyshortcuts aria-controls aria-labelledby aria-describedby
  aria-keyshortcuts aria-live`.split(/\s+/u),
);

/** Properties and attributes that hold words only where these begin with a capital. */
const MAYBE_NAMES = new Set(["key", "value", "name"]);

/** Functions and classes whose arguments are code. */
const CODE_CALLS = new Set(
  `fetch querySelector querySelectorAll getElementById createElement getAttribute setAttribute removeAttribute
  addEventListener removeEventListener getPropertyValue setProperty matchMedia MediaQuery getItem setItem removeItem
  startsWith endsWith includes indexOf split replace replaceAll append has get set delete TypeError RangeError
  RegExp URL URLSearchParams DateTimeFormat NumberFormat Collator ListFormat PluralRules log warn debug closest matches
  postMessage Symbol createPolicy DOMException Event CustomEvent KeyboardEvent Literal`.split(/\s+/u),
);

/** What is named so speaks: its single small words are for people too. */
const SPEAKING = /^format|(?:words?|texts?|labels?|titles?|sentences?|phrases?)$/iu;

/** What is named so holds code. */
const CODE_OWNER = /(?:keys?|ids?|class|classes|path|url|query|selector|pattern|style)$/iu;

/** Keys as they are written on the keyboard: "Ctrl Alt P". */
const KEYS = /^(?:(?:Ctrl|Alt|Shift|Esc|Del|Tab|Super|F?\d+|F?#|Print Screen|[A-Z#])(?:[ +-]|$))+$/u;

/** Names that are the same in every language. */
const NAMES = new Set([
  ...["Causeway", "Linux", "Windows", "macOS", "Mac OS X", "Android", "Edge", "Firefox", "Chrome", "Safari"],
  ...["Enter", "Escape", "Tab", "Shift", "Control", "Alt", "Meta", "Space", "Backspace", "Home", "PageUp", "PageDown"],
]);

/**
 * Whether a string is words for people.
 * @param text with {0}, {1} for what is filled in and <0>, <1/> for elements
 */
export function isForPeople(text: string, place: Place): boolean {
  const plain = text.replaceAll(/\{\d+\}|<\/?\d+\/?>/gu, "#").trim();
  if (!/\p{L}/u.test(plain)) return false;
  if (place.element !== undefined && CODE_ELEMENTS.has(place.element)) return false;
  if (place.scope === "markup") return plain !== "Causeway";
  if (KEYS.test(plain)) return false;
  const name = place.property ?? place.attribute;
  if (name !== undefined && WORD_NAMES.has(name)) return !isCode(plain) && plain !== "Causeway";
  if (name !== undefined && MAYBE_NAMES.has(name) && !/^\p{Lu}/u.test(plain)) return false;
  if (NAMES.has(plain) || (name !== undefined && isCodeName(name))) return false;
  // Of a plain element only the attributes named above are words; a component may have any.
  if (place.property === undefined && place.attribute !== undefined && /^[a-z]+$/u.test(place.element ?? ""))
    return false;
  if (place.call !== undefined && CODE_CALLS.has(place.call.slice(place.call.lastIndexOf(".") + 1))) return false;
  if (CODE_OWNER.test(place.owners.at(-1) ?? "")) return false;
  const isSaid = place.isShown || place.owners.some((owner) => SPEAKING.test(owner));
  if (isSaid && place.call === undefined && /^\p{Ll}+$/u.test(plain)) return true;
  return isSentence(plain);
}

function isCodeName(name: string): boolean {
  return CODE_NAMES.has(name) || name.startsWith("data-") || name.startsWith("--");
}

/** Addresses, names with dots and underscores, colours, styles, commands of a shell. */
function isCode(text: string): boolean {
  if (/^(?:sudo|tar|unzip) |\b\d+px\b|^url\(|^M# #/u.test(text)) return true;
  if (/^(?:[./]|--|https?:|data:|#[a-z/])/u.test(text) || /(?:^|[\s(])[\w-]+:\s*[\d.#]+(?:px|em|rem|%)/u.test(text))
    return true;
  return !/\s/u.test(text) && /[._:/=]/u.test(text.slice(0, -1));
}

/** A capitalised word, or several words in a row. */
function isSentence(text: string): boolean {
  if (isCode(text)) return false;
  if (/^\p{Lu}[\p{Ll}'’-]+[.:?!…]*$/u.test(text)) return true;
  const words = text.split(/\s+/u).filter((word) => /\p{L}/u.test(word));
  const spoken = words.filter((word) => /^["“‘(]*[\p{L}#][\p{L}#'’-]*["”’)]*[.,:;?!…]*$/u.test(word));
  return /\s/u.test(text.trim()) && spoken.length * 2 >= words.length && spoken.length > 0 && !areClasses(words);
}

function areClasses(words: readonly string[]): boolean {
  const areSmall = words.every((word) => /^[a-z#][a-z\d#_-]*$/u.test(word));
  return areSmall && words.some((word) => /--|__|\d/u.test(word));
}
