/** An account is an administrator's or it is not; in words. */
type Role = "administrator" | "representative";

export const roleOf = ({ isAdministrator }: { readonly isAdministrator: boolean }): Role =>
  isAdministrator ? "administrator" : "representative";

export const roleNames: Readonly<Record<Role, string>> = {
  administrator: "Administrator",
  representative: "Representative",
};

/** What a role lets one do. */
export const roleHelp: Readonly<Record<Role, string>> = {
  administrator: "May do everything: settings, users, Jump Clients, the audit log, and every support session.",
  representative: "May use the console and reach computers there. In administration only their own account.",
};

export const roleOptions: readonly { readonly value: Role; readonly label: string }[] = [
  { value: "representative", label: roleNames.representative },
  { value: "administrator", label: roleNames.administrator },
];
