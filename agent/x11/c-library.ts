/** The functions of the C library that X11 needs: waiting on files, a pipe to be woken by, shared memory, raw memory. */
import { dlopen, FFIType as T, type Library, type Pointer } from "bun:ffi";

const functions = {
  poll: { args: [T.ptr, T.u64, T.i32], returns: T.i32 },
  pipe2: { args: [T.ptr, T.i32], returns: T.i32 },
  read: { args: [T.i32, T.ptr, T.u64], returns: T.i64_fast },
  write: { args: [T.i32, T.ptr, T.u64], returns: T.i64_fast },
  close: { args: [T.i32], returns: T.i32 },
  shmget: { args: [T.i32, T.u64, T.i32], returns: T.i32 },
  shmat: { args: [T.i32, T.ptr, T.i32], returns: T.ptr },
  shmdt: { args: [T.ptr], returns: T.i32 },
  shmctl: { args: [T.i32, T.i32, T.ptr], returns: T.i32 },
  memcmp: { args: [T.ptr, T.ptr, T.u64], returns: T.i32 },
  memcpy: { args: [T.ptr, T.ptr, T.u64], returns: T.ptr },
  memmove: { args: [T.ptr, T.ptr, T.u64], returns: T.ptr },
} as const;

/** A pointer as a number, which may be added to. User space ends far below 2^53. */
export function toPointer(value: bigint | Pointer | null): Pointer | null {
  return value === null || Number(value) === 0 ? null : (Number(value) as Pointer);
}

/** The pointer `byteCount` bytes further on. */
export function offset(pointer: Pointer, byteCount: number): Pointer {
  return (pointer + byteCount) as Pointer;
}

export type CLibrary = Library<typeof functions>["symbols"];

/** Opens the C library. Every Linux with glibc has it under this name; musl's loader answers to it as well. */
export function openCLibrary(): CLibrary {
  return dlopen("libc.so.6", functions).symbols;
}

/** The address of a function of the C library, to be handed to another library as a callback that any thread may call. */
export function addressOf(name: string): Pointer | null {
  const text = new TextEncoder().encode(`${name}\0`);
  const lookup = { dlsym: { args: [T.ptr, T.cstring], returns: T.ptr } } as const;
  try {
    return toPointer(dlopen("libc.so.6", lookup).symbols.dlsym(null, text));
  } catch {
    // Before glibc 2.34 dlsym lives in a library of its own.
    return toPointer(dlopen("libdl.so.2", lookup).symbols.dlsym(null, text));
  }
}
