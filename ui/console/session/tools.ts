/** The tools of a session and who sees them. */
import type { SessionView } from "../../../protocol/messages/session.ts";
import type { Permission } from "../../../protocol/permissions.ts";
import type { Capability } from "../../../protocol/version.ts";

export type ToolName = "screen" | "shell" | "files" | "sysinfo";

export interface Tool {
  readonly name: ToolName;
  readonly label: string;
  readonly permission: Permission;
  /** What the agent must be able to do. */
  readonly capability: Capability;
}

export const tools: readonly Tool[] = [
  { name: "screen", label: "Screen Sharing", permission: "screen.view", capability: "screen.x11" },
  { name: "shell", label: "Command Shell", permission: "shell.use", capability: "shell.pty" },
  { name: "files", label: "File Transfer", permission: "files.browse", capability: "files" },
  { name: "sysinfo", label: "System Info", permission: "sysinfo.view", capability: "sysinfo" },
];

/** The tools one may use here and the agent can do. While it connects, what the agent can do is not known yet. */
export function toolsFor({ permissions, capabilities, state }: SessionView): readonly Tool[] {
  const isKnown = state !== "connecting" || capabilities.length > 0;
  return tools.filter(
    ({ permission, capability }) => permissions.includes(permission) && (!isKnown || capabilities.includes(capability)),
  );
}
