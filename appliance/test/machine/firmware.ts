import { copyFileSync, existsSync } from "node:fs";

/** What starts the machine. */
export type Firmware = "bios" | "uefi" | "secure-boot";

/** Debian's OVMF; the variables with Microsoft's keys enrolled make Secure Boot check. */
const OVMF = "/usr/share/OVMF";

/**
 * QEMU's options for a firmware. A machine keeps its variables in a file of its own.
 * @param variables where that file is; made at the first start
 */
export function firmwareOptions(firmware: Firmware, variables: string): string[] {
  if (firmware === "bios") return [];
  const isSecure = firmware === "secure-boot";
  if (!existsSync(variables)) copyFileSync(`${OVMF}/OVMF_VARS_4M${isSecure ? ".ms" : ""}.fd`, variables);
  const code = `${OVMF}/OVMF_CODE_4M${isSecure ? ".secboot" : ""}.fd`;
  return [
    ...(isSecure ? ["-global", "driver=cfi.pflash01,property=secure,value=on"] : []),
    "-drive",
    `if=pflash,format=raw,unit=0,readonly=on,file=${code}`,
    "-drive",
    `if=pflash,format=raw,unit=1,file=${variables}`,
  ];
}
