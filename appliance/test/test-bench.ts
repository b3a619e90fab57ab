import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Figures } from "./figures.ts";
import { ConsoleMenu } from "./machine/console-menu.ts";
import type { Firmware } from "./machine/firmware.ts";
import { VirtualMachine } from "./machine/virtual-machine.ts";
import type { PreparedDisk } from "./prepared-disk.ts";
import type { Releases } from "./releases.ts";
import { untilPage } from "./site/until-page.ts";

/** Emulated, on a busy machine; three failed tries of a slot take longer. */
export const BOOT_MS = 20 * 60_000;

/** What scenarios share. */
interface Stock {
  readonly releases: Releases;
  readonly figures: Figures;
  readonly prepared: PreparedDisk;
  /** Where the disk of an updated site is kept. */
  readonly updatedFolder: string;
}

/** What a scenario works with; ends its machines and keeps their logs. */
export class TestBench implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();

  constructor(
    /** Of this scenario; what is left in it tells how it went. */
    readonly folder: string,
    private readonly stock: Stock,
  ) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }

  get releases(): Releases {
    return this.stock.releases;
  }

  get figures(): Figures {
    return this.stock.figures;
  }

  /** A machine with the shipped disk, switched off. @param name of its folder */
  async freshMachine(name: string, firmware: Firmware, more: readonly string[] = []): Promise<VirtualMachine> {
    return await this.machine(name, this.releases.disk, firmware, more);
  }

  /** A machine with the raw disk just as it is shipped: no room behind its partitions. Switched off. */
  async smallestMachine(name: string): Promise<VirtualMachine> {
    return await this.machine(name, await this.releases.smallestDisk(this.folder), "bios", []);
  }

  /** A machine whose site is set up (`ADA`, `OTTO`), started up to its pages. */
  async runningSite(firmware: Firmware = "bios", more: readonly string[] = []): Promise<VirtualMachine> {
    const machine = await this.preparedSite("site", firmware, more);
    await this.start(machine);
    return machine;
  }

  /** The same, switched off. @param name of its folder */
  async preparedSite(name: string, firmware: Firmware = "bios", more: readonly string[] = []): Promise<VirtualMachine> {
    return await this.machine(name, await this.stock.prepared.path(), firmware, more);
  }

  /** Keeps the disk of an updated site for other scenarios, as a power cut leaves it; the machine runs again after. */
  async keepUpdated(machine: VirtualMachine): Promise<void> {
    await machine.cutPower();
    mkdirSync(this.stock.updatedFolder, { recursive: true });
    await machine.disk.copyTo(this.updatedPath);
    await this.start(machine);
  }

  /** A machine that runs the good release in slot B, the shipped one in slot A; switched off. */
  async updatedSite(): Promise<VirtualMachine> {
    if (!existsSync(this.updatedPath)) throw new Error('The scenario "update" leaves the disk this one begins with.');
    return await this.machine("site", this.updatedPath, "bios", []);
  }

  private get updatedPath(): string {
    return resolve(this.stock.updatedFolder, "updated.qcow2");
  }

  private async machine(name: string, shipped: string, firmware: Firmware, more: readonly string[]) {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    const machine = await VirtualMachine.make({ folder, shipped, firmware, more });
    // What is deferred first comes last: the machine is switched off by then.
    this.#stack.defer(() => {
      for (const file of ["disk.qcow2", "shipped.qcow2", "serial.sock"]) rmSync(join(folder, file), { force: true });
    });
    return this.#stack.use(machine);
  }

  /** Switches a machine on and waits for its pages. @returns seconds it took */
  async start(machine: VirtualMachine): Promise<number> {
    const begun = performance.now();
    await machine.powerOn();
    await untilPage(machine.address, BOOT_MS);
    return (performance.now() - begun) / 1000;
  }

  /** The menu on a machine's serial line, shown. */
  async menuOf(machine: VirtualMachine): Promise<ConsoleMenu> {
    const menu = new ConsoleMenu(machine.serial);
    await menu.untilShown(BOOT_MS);
    return menu;
  }

  /** Something else that must be ended with the scenario. */
  use<T extends AsyncDisposable | Disposable>(thing: T): T {
    return this.#stack.use(thing);
  }

  /** Tells how far it is. */
  say(text: string): void {
    console.log(`    ${new Date().toISOString().slice(11, 19)} ${text}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
