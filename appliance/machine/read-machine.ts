import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../../protocol/appliance/system-actions.ts";
import { releaseVersion } from "../slots/slots.ts";
import { readTextFile } from "../system/durable-file.ts";
import type { Paths } from "../system/paths.ts";
import type { System } from "../system/system.ts";
import { dataReadOnlyReason } from "./data-partition.ts";

/** EFI_GLOBAL_VARIABLE of the UEFI specification, section 3.3; its last byte is 1 when Secure Boot checks. */
const SECURE_BOOT = "firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

/** What the machine is. */
export async function readMachine(system: System): Promise<Machine> {
  const { paths, commands } = system;
  // It ends with 1 where there is no virtual machine, and says "none".
  const { output } = await commands.attempt("detectVirtualization", ["--vm"]);
  const smbios = (name: string): string => readTextFile(join(paths.sys, "class/dmi/id", name))?.trim() ?? "";
  return {
    version: releaseVersion(system),
    virtualization: output.trim() || "none",
    model: `${smbios("sys_vendor")} ${smbios("product_name")}`.trim(),
    firmware: readFirmware(paths),
    serial: smbios("product_uuid").toLowerCase(),
    startedAt: new Date(system.clock.now().getTime() - system.clock.uptimeMs()).toISOString(),
    dataReadOnlyReason: dataReadOnlyReason(paths),
  };
}

function readFirmware({ sys }: Paths): Machine["firmware"] {
  if (readTextFile(join(sys, "firmware/efi/fw_platform_size")) === null) return "bios";
  try {
    return readFileSync(join(sys, SECURE_BOOT)).at(-1) === 1 ? "uefi-secure-boot" : "uefi";
  } catch {
    // UEFI without Secure Boot has no such variable.
    return "uefi";
  }
}
