import type { Permission } from "../../../../protocol/permissions.ts";

/** What the person can do with the list and what is selected in it. */
export interface FileActions {
  may(permission: Permission): boolean;
  stop(): void;
  refresh(): void;
  toggleHidden(): void;
  toggleModifier(): void;
  newFolder(): void;
  chooseFiles(): void;
  chooseFolder(): void;
  download(): void;
  downloadToFolder(): void;
  rename(): void;
  remove(): void;
  cut(): void;
  copy(): void;
  paste(): void;
}
