/** The tools of a support session and what they let the site say this agent can do. */
import type { Capability } from "../../protocol/version.ts";
import type { CreateTool } from "../session-tool.ts";
import type { ComputerSystem } from "../system/system.ts";
import { createClipboardTool } from "../clipboard/clipboard-tool.ts";
import { createFilesTool } from "../files/files-tool.ts";
import type { ControlWatch } from "../input/control-watch.ts";
import { createInputTool } from "../input/input-tool.ts";
import { createScreenTool } from "../screen/screen-tool.ts";
import { createShellTool } from "../shell/shell-tool.ts";
import { createSysinfoTool } from "../sysinfo/sysinfo-tool.ts";

export interface SessionTools {
  readonly tools: readonly CreateTool[];
  readonly capabilities: readonly Capability[];
}

/** What tools and whoever sits there have to know of each other. */
export interface CustomerAtTheScreen {
  /** While they have a question before them, nobody else answers it. */
  isAsked(): boolean;
  readonly control: ControlWatch;
}

/** Every tool that works on this computer. */
export function sessionTools(system: ComputerSystem, customer: CustomerAtTheScreen): SessionTools {
  return {
    tools: [
      createScreenTool,
      createInputTool(() => customer.isAsked(), customer.control),
      createClipboardTool,
      createShellTool,
      createFilesTool,
      createSysinfoTool(system),
    ],
    capabilities: [
      ...(["screen.x11", "input.x11", "clipboard.text", "shell.pty", "files", "sysinfo"] as const),
      ...(["consent.x11", "connected-notice.x11"] as const),
    ],
  };
}
