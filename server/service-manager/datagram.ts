/** A datagram to a Unix socket, which neither Bun nor node:dgram can send: libc, asked directly. Linux alone. */
import { dlopen, FFIType, ptr } from "bun:ffi";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;
const MSG_DONTWAIT = 0x40;
/** sun_path of sockaddr_un(7). */
const MAX_PATH_BYTES = 108;
const FAMILY_BYTES = 2;

const symbols = {
  socket: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  sendto: {
    args: [FFIType.i32, FFIType.ptr, FFIType.u64, FFIType.i32, FFIType.ptr, FFIType.u32],
    returns: FFIType.i64_fast,
  },
  close: { args: [FFIType.i32], returns: FFIType.i32 },
} as const;

/** Sends to one address until disposed. */
export interface DatagramSocket extends Disposable {
  /** Whether the system took it; never waits. */
  send(text: string): boolean;
}

/**
 * @param address a path, or `@name` for Linux's abstract namespace
 * @throws {Error} when the address is too long or the system gives no socket
 */
export function openDatagramSocket(address: string): DatagramSocket {
  const name = socketAddress(address);
  const library = dlopen("libc.so.6", symbols);
  const { socket, sendto, close } = library.symbols;
  const descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    library.close();
    throw new Error("the system gave no socket for the service manager");
  }
  return {
    send(text) {
      const bytes = new TextEncoder().encode(text);
      const flags = MSG_NOSIGNAL | MSG_DONTWAIT;
      return Number(sendto(descriptor, ptr(bytes), bytes.length, flags, ptr(name), name.length)) === bytes.length;
    },
    [Symbol.dispose]() {
      close(descriptor);
      library.close();
    },
  };
}

/** sockaddr_un: the family in the machine's byte order, then the path with its end, or a zero and the abstract name. */
function socketAddress(address: string): Uint8Array {
  const text = new TextEncoder().encode(address);
  const isAbstract = address.startsWith("@");
  const length = text.length + (isAbstract ? 0 : 1);
  if (!(isAbstract || address.startsWith("/")) || length > MAX_PATH_BYTES)
    throw new Error("NOTIFY_SOCKET is no path and no abstract name of at most 107 bytes");
  const bytes = new Uint8Array(FAMILY_BYTES + length);
  new Uint16Array(bytes.buffer, 0, 1)[0] = AF_UNIX;
  bytes.set(text, FAMILY_BYTES);
  if (isAbstract) bytes[FAMILY_BYTES] = 0;
  return bytes;
}
