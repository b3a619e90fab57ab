/**
 * Every permission of the product with the words an administrator reads. A route or message names one of these, or one
 * of the two words below that are not granted but simply true of the asker.
 *
 * Where a permission is granted depends on its scope:
 * - `account`: a setting of a user or a group policy (protocol/account-settings.ts)
 * - `jump-item`: a Jump Item Role, for the Jump Items of one Jump Group or of all
 * - `session`: session policies, for one support session
 */
export type PermissionScope = "account" | "jump-item" | "session";

interface PermissionWords {
  readonly scope: PermissionScope;
  /** The heading it stands under in a matrix. */
  readonly group: string;
  /** Short, for a row of a matrix. */
  readonly name: string;
  /** What holding it lets one do. */
  readonly sentence: string;
  /** A session policy can make it wait for the customer's answer. */
  readonly isAskable?: true;
  /** Worth nothing without this one: whoever is denied that is denied this. */
  readonly needs?: string;
  /** Defined, decided and simulated; the tool that uses it comes with a later release, and pages say so. */
  readonly isForLater?: true;
}

const account = (group: string, name: string, sentence: string) =>
  ({ scope: "account", group, name, sentence }) as const;
const jumpItem = (name: string, sentence: string) =>
  ({ scope: "jump-item", group: "Jump Items", name, sentence }) as const;
const session = (group: string, name: string, sentence: string) =>
  ({ scope: "session", group, name, sentence }) as const;

export const permissions = {
  // Administration
  "site.administer": account(
    "Administration",
    "Administrator",
    "Do everything in /login and give any right to others.",
  ),
  "settings.view": account(
    "Administration",
    "See settings",
    "See how this site is set up, its certificate and its status.",
  ),
  "settings.edit": account(
    "Administration",
    "Change settings",
    "Change how this site is set up and replace its certificate.",
  ),
  "security.view": account("Administration", "See security", "See how people sign in and which rules hold for it."),
  "security.edit": account(
    "Administration",
    "Change security",
    "Change how people sign in: methods, passwords, lock-out, networks.",
  ),
  "providers.view": account(
    "Administration",
    "See security providers",
    "See the identity providers people may come from.",
  ),
  "providers.edit": account(
    "Administration",
    "Change security providers",
    "Add, change and remove identity providers and what their groups mean here.",
  ),
  "users.view": account("Administration", "See users", "See who has an account and what it may do."),
  "users.edit": account(
    "Administration",
    "Change users",
    "Create, change, disable and delete accounts; give rights one holds oneself.",
  ),
  "teams.manage": account(
    "Administration",
    "Manage teams",
    "Create, change and delete teams and choose who is in them.",
  ),
  "group-policies.view": account("Administration", "See group policies", "See group policies and whom they reach."),
  "group-policies.edit": account(
    "Administration",
    "Change group policies",
    "Create, order, change and delete group policies; give rights one holds oneself.",
  ),
  "session-policies.view": account(
    "Administration",
    "See session policies",
    "See session policies and try them in the simulator.",
  ),
  "session-policies.edit": account(
    "Administration",
    "Change session policies",
    "Create, change and delete session policies and the global one.",
  ),
  "api-accounts.manage": account(
    "Administration",
    "Manage API accounts",
    "Create API accounts whose scopes are no wider than one's own rights.",
  ),
  "sign-ins.view": account("Administration", "See sign-ins", "See who is signed in, from where and since when."),
  "sign-ins.end": account("Administration", "End sign-ins", "Sign others out."),
  "announcements.make": account(
    "Administration",
    "Make announcements",
    "Say something to everybody who is signed in, and take it back.",
  ),
  "audit.view": account("Administration", "Read the audit log", "Read and export the audit log."),
  "backups.take": account(
    "Administration",
    "Take backups",
    "Download a backup of the site by the API; only the passphrase set at /appliance opens it.",
  ),
  "appliance.switch": account(
    "Administration",
    "Change roles of a failover pair",
    "Let the standby of a failover pair take over as planned, by the API; nothing is lost.",
  ),
  // Jump administration
  "installers.manage": account(
    "Jump administration",
    "Manage installers",
    "Create, download, extend and delete Jump Client installers.",
  ),
  "jump-clients.manage": account(
    "Jump administration",
    "Manage Jump Clients",
    "See every Jump Client in /login and change or remove it.",
  ),
  "jump-groups.manage": account(
    "Jump administration",
    "Manage Jump Groups",
    "Create, change and delete Jump Groups and choose who is in them.",
  ),
  "jump-item-roles.manage": account(
    "Jump administration",
    "Manage Jump Item Roles",
    "Create, change and delete Jump Item Roles.",
  ),
  "jump-policies.manage": account(
    "Jump administration",
    "Manage Jump Policies",
    "Create, change and delete Jump Policies, and start outside their schedules.",
  ),
  "background-tools.configure": {
    ...account("Jump administration", "Configure background tools", "Choose which background tools Jump Groups offer."),
    isForLater: true,
  },
  "endpoint-tools.configure": {
    ...account(
      "Jump administration",
      "Configure endpoint tools",
      "Switch endpoint tools on for the site or for one Jump Group.",
    ),
    isForLater: true,
  },
  // Console
  "console.use": account("Console", "Use the console", "Sign in to the representative console."),
  "session.join": account("Console", "Join sessions", "Join a support session that somebody else started."),
  "session.end": account("Console", "End sessions for everybody", "End a support session for all who take part."),
  "access-requests.decide": account(
    "Console",
    "Answer access requests",
    "Answer others' requests for access, never one's own.",
  ),
  "jump-items.see-team-lists": account(
    "Console",
    "See team members' personal lists",
    "As a lead or manager of a team, see its members' personal lists.",
  ),
  "jump-items.see-all": account(
    "Console",
    "See every Jump Item",
    "See the Jump Items of every Jump Group and every personal list.",
  ),
  // Jump Item Roles
  "jump-items.view": jumpItem("See", "See Jump Items and whether they are online."),
  "jump-items.create": jumpItem("Create and deploy", "Create new Jump Items and deploy Jump Clients."),
  "jump-items.move": jumpItem("Move", "Move Jump Items from one Jump Group to another."),
  "jump-items.remove": jumpItem("Remove", "Remove Jump Items; a Jump Client uninstalls itself from the computer."),
  "session.start": jumpItem("Start sessions", "Start a support session with a Jump Item."),
  "jump-items.edit-tag": jumpItem("Edit tag", "Change the tag that groups Jump Items."),
  "jump-items.edit-comments": jumpItem("Edit comments", "Change the comments of Jump Items."),
  "jump-items.edit-public-portal": jumpItem("Edit public portal", "Choose the public portal a Jump Item belongs to."),
  "jump-items.edit-jump-policy": jumpItem("Edit Jump Policy", "Choose the Jump Policy of Jump Items."),
  "jump-items.edit-session-policy": jumpItem("Edit session policy", "Choose the session policies of Jump Items."),
  "jump-items.edit-connectivity": jumpItem(
    "Edit connectivity and authentication",
    "Change how Jump Items are reached.",
  ),
  "jump-items.edit-behavior": jumpItem(
    "Edit behavior and experience",
    "Change the name of Jump Items and how they behave.",
  ),
  // Sessions
  "screen.view": {
    ...session("Screen sharing", "View the screen", "See the remote screen and take screenshots of it."),
    isAskable: true,
  },
  "screen.control": {
    ...session("Screen sharing", "Control mouse and keyboard", "Use the remote keyboard and mouse."),
    isAskable: true,
    needs: "screen.view",
  },
  "screen.privacy": {
    ...session("Screen sharing", "Privacy screen", "Hide the remote screen from whoever stands before it."),
    needs: "screen.control",
    isForLater: true,
  },
  "input.block": {
    ...session("Screen sharing", "Block customer input", "Lock the customer's own mouse and keyboard."),
    needs: "screen.control",
    isForLater: true,
  },
  "screen.annotate": {
    ...session("Screen sharing", "Draw on the screen", "Draw marks the customer sees."),
    needs: "screen.view",
    isForLater: true,
  },
  "screen.show-own": {
    ...session("Screen sharing", "Show own screen", "Show one's own screen to the customer."),
    isAskable: true,
    isForLater: true,
  },
  "clipboard.send": {
    ...session("Screen sharing", "Send clipboard text", "Put text on the remote clipboard."),
    isAskable: true,
  },
  "clipboard.fetch": {
    ...session("Screen sharing", "Fetch clipboard text", "Read text from the remote clipboard."),
    isAskable: true,
  },
  "shell.use": {
    ...session("Command shell", "Open a shell", "Open command shells on the remote computer."),
    isAskable: true,
  },
  "scripts.run": {
    ...session("Command shell", "Run canned scripts", "Run scripts from the library."),
    isAskable: true,
    isForLater: true,
  },
  "files.browse": {
    ...session("File transfer", "Browse files", "List files and folders on the remote computer."),
    isAskable: true,
  },
  "files.download": {
    ...session("File transfer", "Download from the customer", "Copy files and folders from the remote computer."),
    isAskable: true,
    needs: "files.browse",
  },
  "files.upload": {
    ...session("File transfer", "Upload to the customer", "Copy files and folders to the remote computer."),
    isAskable: true,
    needs: "files.browse",
  },
  "files.change": {
    ...session(
      "File transfer",
      "Create, rename, copy and move",
      "Create folders, rename, copy and move on the remote computer.",
    ),
    needs: "files.browse",
  },
  "files.delete": {
    ...session("File transfer", "Delete", "Delete files and folders on the remote computer for good."),
    needs: "files.browse",
  },
  "sysinfo.view": {
    ...session("System", "View system information", "See the remote computer's system information."),
    isAskable: true,
  },
  "sysinfo.act": {
    ...session("System", "Act on processes and services", "End processes; start and stop services."),
    isAskable: true,
    needs: "sysinfo.view",
    isForLater: true,
  },
  "registry.edit": {
    ...session("System", "Edit the registry", "Read and change the Windows registry."),
    isAskable: true,
    isForLater: true,
  },
  "background-tools.launch": {
    ...session("System", "Launch background tools", "Open background tools without disturbing who works there."),
    isForLater: true,
  },
  "endpoint-tools.use": {
    ...session(
      "System",
      "Use endpoint tools",
      "Use the tools that the site or the Jump Group offers for its computers.",
    ),
    isForLater: true,
  },
  "power.control": {
    ...session("System", "Restart and shut down", "Restart, shut down and wake the remote computer."),
    isAskable: true,
    isForLater: true,
  },
  "session.elevate": {
    ...session("Session", "Elevate", "Run the customer client with administrative rights."),
    isAskable: true,
    isForLater: true,
  },
  "jump-clients.pin": {
    ...session("Session", "Pin a Jump Client", "Pin and unpin a Jump Client during a session one owns."),
    isForLater: true,
  },
  "support-button.deploy": {
    ...session("Session", "Deploy a Support Button", "Put a Support Button on the remote computer."),
    isForLater: true,
  },
  "session.share": {
    ...session("Session", "Share with representatives", "Invite other representatives into the session."),
    isForLater: true,
  },
  "session.share-external": {
    ...session("Session", "Share externally", "Invite people without an account into the session."),
    isForLater: true,
  },
  "session.transfer": {
    ...session("Session", "Transfer the session", "Hand the session to another representative or team."),
    isForLater: true,
  },
} as const satisfies Readonly<Record<string, PermissionWords>>;

export type Permission = keyof typeof permissions;
export const permissionNames = Object.keys(permissions) as Permission[];

type OfScope<S extends PermissionScope> = {
  [P in Permission]: (typeof permissions)[P]["scope"] extends S ? P : never;
}[Permission];
export type AccountPermission = OfScope<"account">;
export type JumpItemPermission = OfScope<"jump-item">;
export type SessionPermission = OfScope<"session">;

/** What an administrator reads about a permission, with the optional marks spelt out. */
export function wordsOfPermission(permission: Permission): PermissionWords {
  return permissions[permission];
}
const ofScope = (scope: PermissionScope) => permissionNames.filter((name) => permissions[name].scope === scope);
export const accountPermissions = ofScope("account") as readonly AccountPermission[];
export const jumpItemPermissions = ofScope("jump-item") as readonly JumpItemPermission[];
export const sessionPermissions = ofScope("session") as readonly SessionPermission[];

/** What a message or route asks of a representative: nothing, only to be signed in, or a permission. */
export type RepresentativeAccess = "anyone" | "signed-in" | Permission;
/** What a route asks: that, or to be an administrator of the appliance, who has an account of their own kind. */
export type Access = RepresentativeAccess | "appliance";
