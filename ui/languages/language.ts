/**
 * Which language a page speaks. It is settled before anything of the page is loaded, and another one loads the page
 * again. The console's own choice, the account's, what was chosen before sign-in, then the browser's: the first that is
 * set counts (LOGIN-25, LOGIN-26). What the server told last is remembered here, so the next page begins with it.
 */
import { type Catalog, type Language, languageFor, languageOf, languages } from "./languages.ts";
import { speak, spokenLanguage } from "./say.ts";

/** Where a choice was made. "" is no choice. */
export interface LanguageChoices {
  /** The console's preference, for the console alone. */
  readonly console: string;
  readonly account: string;
  /** On the sign-in page, for this browser. */
  readonly browser: string;
}

type Choice = keyof LanguageChoices;
type Area = "login" | "console" | "portal" | "appliance";

const keyOf = (choice: Choice): string => `causeway.language.${choice}`;

/** The language that counts among these choices. Pure. */
export function languageAmong(choices: LanguageChoices, area: Area, wanted: readonly string[]): Language {
  const inOrder = [area === "console" ? choices.console : "", choices.account, choices.browser];
  const chosen = inOrder.find((code) => languageOf(code) !== null);
  return chosen === undefined ? languageFor(wanted) : languageFor([chosen]);
}

/** The page's language. */
class PageLanguage {
  #area: Area = "portal";

  /** The one the page speaks. */
  get current(): Language {
    return spokenLanguage();
  }

  /** All there are, for a menu. */
  get options(): readonly { readonly value: Language["code"]; readonly label: string }[] {
    return languages.map(({ code, name }) => ({ value: code, label: name }));
  }

  /** Loads the language of this page. Everything with texts in it is imported after this. */
  async start(area: Area): Promise<void> {
    this.#area = area;
    const language = this.#wanted();
    document.documentElement.lang = language.code;
    speak(language, await catalogOf(language));
  }

  /** The choice of somebody who is not signed in; it stands above what the last account here had chosen. */
  choose(code: string): void {
    write("account", "");
    write("console", "");
    write("browser", code);
    this.#loadAgain();
  }

  /**
   * What the server says of whoever is signed in: once it is known and whenever it changes. The page is loaded again if
   * it speaks another language; whether it is.
   * @param choices codes, "" for none; what is left out stays
   */
  follow(choices: { readonly account?: string; readonly console?: string }): boolean {
    if (choices.account !== undefined) write("account", choices.account);
    if (choices.console !== undefined) write("console", choices.console);
    return this.#loadAgain();
  }

  #wanted(): Language {
    const choices = { console: read("console"), account: read("account"), browser: read("browser") };
    return languageAmong(choices, this.#area, navigator.languages);
  }

  /** Where nothing can be kept, the wanted language stays the same and nothing is loaded again. */
  #loadAgain(): boolean {
    if (this.#wanted().code === this.current.code) return false;
    location.reload();
    return true;
  }
}

/** A page whose texts do not come shows English ones rather than nothing. */
async function catalogOf(language: Language): Promise<Catalog> {
  try {
    return (await language.load?.())?.catalog ?? {};
  } catch (error) {
    console.warn(`The texts of ${language.name} did not load.`, error);
    return {};
  }
}

/** Storage may be forbidden: then nothing is chosen. */
function read(choice: Choice): string {
  try {
    return localStorage.getItem(keyOf(choice)) ?? "";
  } catch {
    return "";
  }
}

function write(choice: Choice, code: string): void {
  try {
    if (code === "") localStorage.removeItem(keyOf(choice));
    else localStorage.setItem(keyOf(choice), code);
  } catch {
    // Forbidden or full: the page follows the browser.
  }
}

/** The language of this page. */
export const language = new PageLanguage();
