import { join } from "node:path";
import { runTool } from "../machine/tool.ts";
import { must, type Scenario } from "../scenario.ts";

/** A cloud-init volume as hypervisors attach it: the network QEMU gives, said by hand, so that the machine is still reached. */
const SEED = {
  "meta-data": "instance-id: one\nlocal-hostname: seeded.example.com\n",
  "user-data": "#cloud-config\nhostname: seeded.example.com\nfqdn: seeded.example.com\n",
  "network-config": [
    "version: 2",
    "ethernets:",
    "  any:",
    "    match: {name: 'e*'}",
    "    addresses: [10.0.2.77/24]",
    "    gateway4: 10.0.2.2",
    "    nameservers: {addresses: [10.0.2.3]}",
    "",
  ].join("\n"),
} as const;

/** Nobody types anything at the console. */
export const firstBootData: Scenario = {
  name: "first-boot-data",
  proves: "A cloud-init volume gives a fresh machine its name and its static address.",
  limitMinutes: 30,
  async run(bench) {
    const seed = join(bench.folder, "seed.img");
    await makeSeed(bench.folder, seed);
    const drive = ["-drive", `if=virtio,file=${seed},format=raw,readonly=on`];
    const machine = await bench.freshMachine("machine", "bios", drive);
    await machine.powerOn();
    const page = await (await bench.menuOf(machine)).frontPage();
    await Bun.write(join(bench.folder, "front-page.txt"), page);
    must(page.includes("seeded.example.com"), "the machine has the name of the volume");
    must(page.includes("10.0.2.77/24"), "the machine has the address of the volume");
  },
};

async function makeSeed(folder: string, image: string): Promise<void> {
  await runTool(["truncate", "--size", "4M", image]);
  await runTool(["mkfs.vfat", "-n", "CIDATA", image]);
  for (const [name, text] of Object.entries(SEED)) {
    const file = join(folder, name);
    await Bun.write(file, text);
    await runTool(["mcopy", "-i", image, file, `::${name}`]);
  }
}
