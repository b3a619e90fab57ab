/** The appliance's own helper on a machine of the tests: a real socket, real files, and stand-ins for the system's programs. */
import { join } from "node:path";
import { openParts } from "../../../appliance/actions/action-table.ts";
import { openHelperSocket } from "../../../appliance/actions/helper-socket.ts";
import { blockDevices } from "../../../appliance/slots/block-device.ts";
import { Slots } from "../../../appliance/slots/slots.ts";
import { makeBundle, testKeys } from "../../../appliance/slots/test-bundle.ts";
import { openTestMachine, type TestMachine } from "../../../appliance/test-system/machine.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const SLOT_BYTES = { boot: 1 << 20, root: 4 << 20 } as const;

/** Disposing it ends the helper. */
export interface SystemHelperPeer extends AsyncDisposable {
  readonly machine: TestMachine;
  readonly socket: string;
  /** Its machine's key for updates, as PEM. */
  readonly updateKeyFile: string;
  readonly slots: Slots;
  /** A bundle for this machine, signed with its key. */
  bundle(version: string, changes?: Parameters<typeof makeBundle>[2]): Uint8Array<ArrayBuffer>;
  /** Another machine's. */
  foreignBundle(version: string): Uint8Array<ArrayBuffer>;
}

/** @param updates the folder in which the server puts bundles */
export async function openSystemHelperPeer(updates: () => string = () => ""): Promise<SystemHelperPeer> {
  await using stack = new AsyncDisposableStack();
  const machine = stack.use(openTestMachine());
  const sockets = stack.use(temporaryDirectory());
  const keys = testKeys();
  for (const slot of ["a", "b"])
    for (const [name, bytes] of Object.entries(SLOT_BYTES))
      machine.put(`dev/disk/by-partlabel/${name}-${slot}`, new Uint8Array(bytes));
  machine.put("dev/disk/by-partlabel/benv", new Uint8Array(1 << 20));
  machine.put("usr/lib/causeway/update.pub", keys.publicKey.export({ type: "spki", format: "pem" }));
  const paths = {
    ...machine.paths,
    get updates() {
      return updates();
    },
  };
  const system = { ...machine.system, paths };
  const slots = new Slots(system, blockDevices(paths));
  slots.noteRunning();
  slots.bless();
  const socket = join(sockets.path, "helper.sock");
  const parts = stack.use(openParts(system));
  stack.use(await openHelperSocket({ path: socket, groupId: null, table: parts.table }));
  const images = () => ({ boot: randomBytes(64 << 10), root: randomBytes(1 << 20) });
  const opened = stack.move();
  return {
    machine,
    socket,
    slots,
    updateKeyFile: join(machine.paths.release, "update.pub"),
    bundle: (version, changes = {}) => new Uint8Array(makeBundle(keys.privateKey, images(), { ...changes, version })),
    foreignBundle: (version) => new Uint8Array(makeBundle(testKeys().privateKey, images(), { version })),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + 65_536)));
  return bytes;
}
