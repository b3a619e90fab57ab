/** What a menu is made of. */
import type { IconSource } from "./Icon.svelte";

export interface MenuAction {
  readonly label: string;
  readonly icon?: IconSource;
  /** Keys that do the same, as shown to people. */
  readonly shortcut?: string;
  readonly onSelect?: () => void;
  /** A link instead of an action. */
  readonly href?: string;
  /** With `href`: save under this name. */
  readonly download?: string;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  /** Present: a choice that is on or off. */
  readonly isChecked?: boolean;
}

/** An action, a line between groups, or a small heading over the actions that follow. */
export type MenuEntry = MenuAction | { readonly separator: true } | { readonly heading: string };
