/** The page's theme and density: sets data-theme and data-density on <html> and follows the device while on "system". */
import {
  type Density,
  parseThemePreference,
  type ResolvedTheme,
  resolveTheme,
  themeLabel,
  type ThemePreference,
} from "./theme.ts";

const THEME_KEY = "theme";
const DENSITY_KEY = "density";

class Theme {
  #isDeviceDark = $state(false);
  #preference: ThemePreference = $state("system");
  #density: Density = $state("compact");

  /** Applies what this browser remembers. Called once, by the page's entry point, before it mounts anything. */
  start(): void {
    const query = matchMedia("(prefers-color-scheme: dark)");
    this.#isDeviceDark = query.matches;
    query.addEventListener("change", (event) => {
      this.#isDeviceDark = event.matches;
      this.#apply();
    });
    this.#preference = parseThemePreference(localStorage.getItem(THEME_KEY));
    this.#density = localStorage.getItem(DENSITY_KEY) === "cozy" ? "cozy" : "compact";
    this.#apply();
  }

  get preference(): ThemePreference {
    return this.#preference;
  }

  /** The colours that show now. */
  get resolved(): ResolvedTheme {
    return resolveTheme(this.#preference, this.#isDeviceDark);
  }

  get density(): Density {
    return this.#density;
  }

  /** What a menu says of a preference, such as "System (currently light)". */
  label(preference: ThemePreference): string {
    return themeLabel(preference, this.#isDeviceDark);
  }

  choose(preference: ThemePreference): void {
    this.#preference = preference;
    localStorage.setItem(THEME_KEY, preference);
    this.#apply();
  }

  chooseDensity(density: Density): void {
    this.#density = density;
    localStorage.setItem(DENSITY_KEY, density);
    this.#apply();
  }

  #apply(): void {
    document.documentElement.dataset["theme"] = this.resolved;
    document.documentElement.dataset["density"] = this.#density;
  }
}

/** The page's theme. */
export const theme = new Theme();
