/**
 * Every permission of the product with the sentence an administrator reads. A route or message names one of these, or
 * one of the two words below that are not granted but simply true of the asker.
 */
export const permissions = {
  "settings.view": "See how this site is set up, its certificate and its status.",
  "settings.edit": "Change how this site is set up and replace its certificate.",
  "users.view": "See who has an account.",
  "users.edit": "Create, change, disable and delete accounts.",
  "installers.manage": "Create, download, extend and delete Jump Client installers.",
  "jump-clients.manage": "See every Jump Client and change or remove it.",
  "jump-groups.manage": "Create, rename and delete Jump Groups.",
  "audit.view": "Read and export the audit log.",
  "console.use": "Sign in to the representative console.",
  "jump-items.view": "See Jump Items and whether they are online.",
  "jump-items.remove": "Remove a Jump Client: it uninstalls itself from the computer.",
  "session.start": "Start a support session with a Jump Item.",
  "session.join": "Join a support session that somebody else started.",
  "session.end": "End a support session for everybody.",
  "screen.view": "See the remote screen and take screenshots of it.",
  "screen.control": "Use the remote keyboard and mouse.",
  "clipboard.send": "Put text on the remote clipboard.",
  "clipboard.fetch": "Read text from the remote clipboard.",
  "shell.use": "Open command shells on the remote computer.",
  "files.browse": "List files and folders on the remote computer.",
  "files.download": "Copy files and folders from the remote computer.",
  "files.upload": "Copy files and folders to the remote computer.",
  "files.change": "Create folders, rename, copy and move on the remote computer.",
  "files.delete": "Delete files and folders on the remote computer for good.",
  "sysinfo.view": "See the remote computer's system information.",
} as const;
export type Permission = keyof typeof permissions;
export const permissionNames = Object.keys(permissions) as Permission[];

/** What a route or message asks of its sender: nothing, only to be signed in, or a permission. */
export type Access = "anyone" | "signed-in" | Permission;

/** Two roles for now; issue by issue they become policies. */
export const roles = ["administrator", "representative"] as const;
export type Role = (typeof roles)[number];
