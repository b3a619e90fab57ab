import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { Program } from "../../../tools/desktop/program.ts";
import { eventually } from "../../../ui/test/harness/eventually.ts";
import { Disk } from "./disk.ts";
import { type Firmware, firmwareOptions } from "./firmware.ts";
import { freePort } from "./free-port.ts";
import { SerialLine } from "./serial-line.ts";

/** How a machine is made. */
export interface MachineOptions {
  /** Of its own: disk, firmware variables, the serial line's log. */
  readonly folder: string;
  /** The disk it starts with. */
  readonly shipped: string;
  readonly firmware: Firmware;
  /** More of QEMU's options. */
  readonly more?: readonly string[];
}

/** What the sizing table calls small: two processors, 2 GiB. */
const SIZE = ["-smp", "2", "-m", "2048"];
/** Emulated, so that it runs wherever QEMU does; a fifth level of page tables or a KVM inside would only slow that down. */
const BOARD = [
  ...["-machine", "q35,smm=on", "-accel", "tcg,tb-size=512", "-cpu", "max,la57=off,svm=off"],
  ...["-display", "none", "-monitor", "none"],
];
/** The SMBIOS UUID is the machine's identity; the same over power cuts. */
const IDENTITY = ["-uuid", "11111111-2222-3333-4444-555555555555"];

/** A machine's network knows another machine by this address, on port 443, once it was told where that one is. */
export const OTHER_MACHINE = "10.0.2.4";
const CONNECTION = resolve(import.meta.dir, "connection.ts");

/** An emulated machine with the appliance on its disk. It outlives power cuts; its port on this computer stays the same. */
export class VirtualMachine implements AsyncDisposable {
  #program: Program | null = null;
  #serial: SerialLine | null = null;
  readonly #complaints: string[] = [];
  /** Leads OTHER_MACHINE there. */
  #other: VirtualMachine | null = null;

  private constructor(
    private readonly options: MachineOptions,
    readonly disk: Disk,
    /** Of this computer; leads to port 443 of the machine. */
    readonly port: number,
    /** Of this computer; leads to UDP port 161 of the machine. */
    readonly monitoringPort: number,
  ) {}

  /** Makes a machine with a fresh disk, switched off. */
  static async make(options: MachineOptions): Promise<VirtualMachine> {
    const disk = await Disk.from(options.shipped, options.folder);
    return new VirtualMachine(options, disk, await freePort(), await freePort());
  }

  /** What a browser opens. */
  get address(): string {
    return `https://localhost:${this.port}`;
  }

  /** @throws {Error} while it is switched off */
  get serial(): SerialLine {
    if (this.#serial === null) throw new Error("The machine is switched off.");
    return this.#serial;
  }

  get isOn(): boolean {
    return this.#program !== null && !this.#program.hasExited;
  }

  /** From the next time it is switched on it reaches another one at OTHER_MACHINE. */
  reach(other: VirtualMachine): void {
    this.#other = other;
  }

  /** Switches it on. */
  async powerOn(): Promise<void> {
    const socket = join(this.options.folder, "serial.sock");
    rmSync(socket, { force: true });
    this.#program = new Program(["qemu-system-x86_64", ...this.words(socket)], {
      onLine: (line) => this.#complaints.push(line),
    });
    try {
      this.#serial = await SerialLine.connect(socket);
    } catch (cause) {
      throw new Error(`QEMU did not start: ${this.#complaints.slice(-5).join("; ")}`, { cause });
    }
  }

  private words(socket: string): string[] {
    const { folder, firmware, more = [] } = this.options;
    const log = join(folder, "serial.log");
    return [
      ...BOARD,
      ...SIZE,
      ...IDENTITY,
      ...firmwareOptions(firmware, join(folder, "variables.fd")),
      ...["-device", "virtio-scsi-pci", "-drive", `if=none,id=disk,file=${this.disk.path},format=qcow2`],
      ...["-device", "scsi-hd,drive=disk"],
      ...["-netdev", `user,id=net,${this.ways()}`, "-device", "virtio-net-pci,netdev=net"],
      ...["-chardev", `socket,id=line,path=${socket},server=on,wait=off,logfile=${log},logappend=on`],
      ...["-serial", "chardev:line"],
      ...more,
    ];
  }

  /** From this computer to the machine, and from the machine to the other one. */
  private ways(): string {
    const inward = `hostfwd=tcp:127.0.0.1:${this.port}-:443,hostfwd=udp:127.0.0.1:${this.monitoringPort}-:161`;
    if (this.#other === null) return inward;
    return `${inward},guestfwd=tcp:${OTHER_MACHINE}:443-cmd:${process.execPath} ${CONNECTION} ${this.#other.port}`;
  }

  /** Takes the power away at this moment. */
  async cutPower(): Promise<void> {
    this.#serial?.[Symbol.dispose]();
    this.#serial = null;
    this.#program?.kill("SIGKILL");
    await this.#program?.exited;
    this.#program = null;
  }

  /** Waits until it has switched itself off. */
  async untilOff(patienceMs: number): Promise<void> {
    await eventually("the machine to switch itself off", () => !this.isOn, patienceMs);
    await this.cutPower();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cutPower();
  }
}
