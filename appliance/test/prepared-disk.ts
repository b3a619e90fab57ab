import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConsoleMenu } from "./machine/console-menu.ts";
import { VirtualMachine } from "./machine/virtual-machine.ts";
import { setUp } from "./site/set-up.ts";
import { untilPage } from "./site/until-page.ts";

/** Emulated, on a busy machine. */
const BOOT_MS = 20 * 60_000;
const POWER_OFF_MS = 6 * 60_000;

/** A disk whose site is set up and whose appliance has an administrator: most scenarios begin there. */
export class PreparedDisk {
  constructor(
    private readonly shipped: string,
    private readonly folder: string,
  ) {}

  /** Where it lies; made first unless it is newer than the shipped disk. */
  async path(): Promise<string> {
    const made = resolve(this.folder, "prepared.qcow2");
    if (existsSync(made) && statSync(made).mtimeMs > statSync(this.shipped).mtimeMs) return made;
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    await using machine = await VirtualMachine.make({ folder: this.folder, shipped: this.shipped, firmware: "bios" });
    await machine.powerOn();
    await untilPage(machine.address, BOOT_MS);
    const menu = new ConsoleMenu(machine.serial);
    await menu.untilShown(BOOT_MS);
    await setUp(machine.address, menu);
    menu.open("powerOff");
    await menu.answer(/now \(yes, no\): /u, "yes");
    await machine.untilOff(POWER_OFF_MS);
    await machine.disk.copyTo(made);
    for (const file of ["disk.qcow2", "shipped.qcow2"]) rmSync(join(this.folder, file));
    return made;
  }
}
