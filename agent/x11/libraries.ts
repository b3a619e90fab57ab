/** The X libraries of the endpoint, opened when a tool first needs them; a missing one is said in words. */
import { dlopen, type FFIFunction, FFIType as T, type Library } from "bun:ffi";
import { AppError } from "../../protocol/errors.ts";

const I = T.i32;
const P = T.ptr;
/** XIDs, atoms, keysyms and masks are C's unsigned long. */
const U = T.u64_fast;

const core = {
  XInitThreads: { args: [], returns: I },
  XOpenDisplay: { args: [T.cstring], returns: P },
  XCloseDisplay: { args: [P], returns: I },
  XSetAuthorization: { args: [P, I, P, I], returns: T.void },
  XSetErrorHandler: { args: [P], returns: P },
  XSetIOErrorHandler: { args: [P], returns: P },
  XSetIOErrorExitHandler: { args: [P, P, P], returns: T.void },
  XDefaultRootWindow: { args: [P], returns: U },
  XDefaultVisual: { args: [P, I], returns: P },
  XDefaultDepth: { args: [P, I], returns: I },
  XDisplayWidth: { args: [P, I], returns: I },
  XDisplayHeight: { args: [P, I], returns: I },
  XConnectionNumber: { args: [P], returns: I },
  XPending: { args: [P], returns: I },
  XNextEvent: { args: [P, P], returns: I },
  XSync: { args: [P, I], returns: I },
  XFlush: { args: [P], returns: I },
  XFree: { args: [P], returns: I },
  XSelectInput: { args: [P, U, T.i64], returns: I },
  XGetImage: { args: [P, U, I, I, T.u32, T.u32, U, I], returns: P },
  XQueryPointer: { args: [P, U, P, P, P, P, P, P, P], returns: I },
  XQueryTree: { args: [P, U, P, P, P, P], returns: I },
  XGetInputFocus: { args: [P, P, P], returns: I },
  XQueryExtension: { args: [P, T.cstring, P, P, P], returns: I },
  XInternAtom: { args: [P, T.cstring, I], returns: U },
  XCreateSimpleWindow: { args: [P, U, I, I, T.u32, T.u32, T.u32, U, U], returns: U },
  XDestroyWindow: { args: [P, U], returns: I },
  XSetSelectionOwner: { args: [P, U, U, U], returns: I },
  XGetSelectionOwner: { args: [P, U], returns: U },
  XConvertSelection: { args: [P, U, U, U, U, U], returns: I },
  XChangeProperty: { args: [P, U, U, U, I, I, P, I], returns: I },
  XDeleteProperty: { args: [P, U, U], returns: I },
  XGetWindowProperty: { args: [P, U, U, T.i64, T.i64, I, U, P, P, P, P, P], returns: I },
  XSendEvent: { args: [P, U, I, T.i64, P], returns: I },
  XDisplayKeycodes: { args: [P, P, P], returns: I },
  XGetKeyboardMapping: { args: [P, T.u8, I, P], returns: P },
  XChangeKeyboardMapping: { args: [P, I, I, P, I], returns: I },
  XkbQueryExtension: { args: [P, P, P, P, P, P], returns: I },
  XkbKeycodeToKeysym: { args: [P, T.u8, I, I], returns: U },
  XkbGetState: { args: [P, T.u32, P], returns: I },
  XkbLockModifiers: { args: [P, T.u32, T.u32, T.u32], returns: I },
  XKeysymToKeycode: { args: [P, U], returns: T.u8 },
  XGrabKey: { args: [P, I, T.u32, U, I, I, I], returns: I },
  XGetEventData: { args: [P, P], returns: I },
  XFreeEventData: { args: [P, P], returns: T.void },
  XRefreshKeyboardMapping: { args: [P], returns: I },
} as const satisfies Record<string, FFIFunction>;

/** What a window of our own is drawn with. */
const drawing = {
  XChangeWindowAttributes: { args: [P, U, U, P], returns: I },
  XMapRaised: { args: [P, U], returns: I },
  XRaiseWindow: { args: [P, U], returns: I },
  XClearWindow: { args: [P, U], returns: I },
  XStoreName: { args: [P, U, T.cstring], returns: I },
  XSetInputFocus: { args: [P, U, I, U], returns: I },
  XCreateGC: { args: [P, U, U, P], returns: P },
  XSetForeground: { args: [P, P, U], returns: I },
  XDrawRectangle: { args: [P, U, P, I, I, T.u32, T.u32], returns: I },
  XLoadQueryFont: { args: [P, T.cstring], returns: P },
  XSetFont: { args: [P, P, U], returns: I },
  XTextWidth16: { args: [P, P, I], returns: I },
  XDrawString16: { args: [P, U, P, I, I, P, I], returns: I },
  XFreeFont: { args: [P, P], returns: I },
  XFreeGC: { args: [P, P], returns: I },
  XFillRectangle: { args: [P, U, P, I, I, T.u32, T.u32], returns: I },
  XCreatePixmap: { args: [P, U, T.u32, T.u32, T.u32], returns: U },
  XFreePixmap: { args: [P, U], returns: I },
  XSetWindowBackgroundPixmap: { args: [P, U, U], returns: I },
  XMoveResizeWindow: { args: [P, U, I, I, T.u32, T.u32], returns: I },
  XSetWMProtocols: { args: [P, U, P, I], returns: I },
  XGetDefault: { args: [P, T.cstring, T.cstring], returns: P },
  XDefaultColormap: { args: [P, I], returns: U },
} as const satisfies Record<string, FFIFunction>;

/** Letters of every script, by the desktop's own fonts. */
const letters = {
  XftFontOpenName: { args: [P, I, T.cstring], returns: P },
  XftFontClose: { args: [P, P], returns: T.void },
  XftCharExists: { args: [P, P, T.u32], returns: I },
  XftTextExtentsUtf8: { args: [P, P, P, I, P], returns: T.void },
  XftDrawCreate: { args: [P, U, P, U], returns: P },
  XftDrawChange: { args: [P, U], returns: T.void },
  XftDrawDestroy: { args: [P], returns: T.void },
  XftDrawStringUtf8: { args: [P, P, P, I, I, P, I], returns: T.void },
} as const satisfies Record<string, FFIFunction>;

const sharedMemory = {
  XShmQueryExtension: { args: [P], returns: I },
  XShmCreateImage: { args: [P, P, T.u32, I, P, P, T.u32, T.u32], returns: P },
  XShmAttach: { args: [P, P], returns: I },
  XShmDetach: { args: [P, P], returns: I },
  XShmGetImage: { args: [P, U, P, I, I, U], returns: I },
} as const satisfies Record<string, FFIFunction>;

const damage = {
  XDamageQueryExtension: { args: [P, P, P], returns: I },
  XDamageCreate: { args: [P, U, I], returns: U },
  XDamageDestroy: { args: [P, U], returns: T.void },
  XDamageSubtract: { args: [P, U, U, U], returns: T.void },
} as const satisfies Record<string, FFIFunction>;

const fixes = {
  XFixesQueryExtension: { args: [P, P, P], returns: I },
  XFixesCreateRegion: { args: [P, P, I], returns: U },
  XFixesFetchRegion: { args: [P, U, P], returns: P },
  XFixesGetCursorImage: { args: [P], returns: P },
  XFixesSelectCursorInput: { args: [P, U, U], returns: T.void },
  XFixesSelectSelectionInput: { args: [P, U, U, U], returns: T.void },
} as const satisfies Record<string, FFIFunction>;

const randr = {
  XRRQueryExtension: { args: [P, P, P], returns: I },
  XRRSelectInput: { args: [P, U, I], returns: T.void },
  XRRGetMonitors: { args: [P, U, I, P], returns: P },
  XRRFreeMonitors: { args: [P], returns: T.void },
  XRRUpdateConfiguration: { args: [P], returns: I },
} as const satisfies Record<string, FFIFunction>;

const input2 = {
  XIQueryVersion: { args: [P, P, P], returns: I },
  XISelectEvents: { args: [P, U, P, I], returns: I },
  XIGetProperty: { args: [P, I, U, T.i64, T.i64, I, U, P, P, P, P, P], returns: I },
} as const satisfies Record<string, FFIFunction>;

const test = {
  XTestQueryExtension: { args: [P, P, P, P, P], returns: I },
  XTestFakeKeyEvent: { args: [P, T.u32, I, U], returns: I },
  XTestFakeButtonEvent: { args: [P, T.u32, I, U], returns: I },
  XTestFakeMotionEvent: { args: [P, I, I, I, U], returns: I },
} as const satisfies Record<string, FFIFunction>;

const libraries = {
  core: { file: "libX11.so.6", debianPackage: "libx11-6", functions: core },
  drawing: { file: "libX11.so.6", debianPackage: "libx11-6", functions: drawing },
  letters: { file: "libXft.so.2", debianPackage: "libxft2", functions: letters },
  sharedMemory: { file: "libXext.so.6", debianPackage: "libxext6", functions: sharedMemory },
  damage: { file: "libXdamage.so.1", debianPackage: "libxdamage1", functions: damage },
  fixes: { file: "libXfixes.so.3", debianPackage: "libxfixes3", functions: fixes },
  randr: { file: "libXrandr.so.2", debianPackage: "libxrandr2", functions: randr },
  input2: { file: "libXi.so.6", debianPackage: "libxi6", functions: input2 },
  test: { file: "libXtst.so.6", debianPackage: "libxtst6", functions: test },
} as const;

export type X11LibraryName = keyof typeof libraries;
export type X11Library<N extends X11LibraryName> = Library<(typeof libraries)[N]["functions"]>["symbols"];

/**
 * Opens one library of X.
 * @throws {AppError} agent.unsupported, naming the file and the package that brings it.
 */
export function openX11Library<N extends X11LibraryName>(name: N): X11Library<N> {
  const { file, debianPackage, functions } = libraries[name];
  try {
    return dlopen(file, functions).symbols as X11Library<N>;
  } catch (cause) {
    throw new AppError(
      "agent.unsupported",
      `This computer does not have ${file}, without which its screen cannot be reached. ` +
        `Install it there (on Debian and Ubuntu: the package ${debianPackage}) and try again.`,
      { cause },
    );
  }
}
