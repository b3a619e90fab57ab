import type { CreateTool } from "../session-tool.ts";
import type { ComputerSystem } from "../system/system.ts";

/** Answers sysinfo.get with a fresh snapshot each time. */
export function createSysinfoTool(system: ComputerSystem): CreateTool {
  return () => ({
    handlers: {
      "sysinfo.get": async () => {
        await system.refresh();
        const snapshot = await system.snapshot();
        return { takenAt: new Date().toISOString(), ...snapshot };
      },
    },
    [Symbol.dispose]: () => undefined,
  });
}
