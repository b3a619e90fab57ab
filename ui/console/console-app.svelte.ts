/** The signed-in console: what its socket says, as values the pages can show, and what one can do from anywhere in it. */
import { getContext, setContext } from "svelte";
import { SocketTicket, type Account, Preferences } from "../../protocol/api/sign-in.ts";
import { Nothing } from "../../protocol/api/common.ts";
import { CONSOLE_SOCKET_PATH } from "../../protocol/hello.ts";
import type { Permission } from "../../protocol/permissions.ts";
import { api } from "../connection/api.ts";
import type { ConnectionState } from "../connection/console-connection.ts";
import { ConsoleSocket, type SignedOut } from "../connection/console-socket.ts";
import type { LiveSession } from "../connection/live-sessions.ts";
import { Shortcuts } from "../kit/shortcuts.ts";
import { theme } from "../kit/theme.svelte.ts";
import { toasts } from "../kit/toasts.svelte.ts";
import { language } from "../languages/language.ts";
import { hashOf, home, type Place, placeOf } from "./place.ts";
import { newcomers } from "./session/newcomers.ts";

/** How the connection stands, for showing. */
export interface ConnectionShown {
  readonly state: ConnectionState;
  readonly attempt: number;
  /** Wall-clock time in ms of the next attempt; null while one runs. */
  readonly retryAtMs: number | null;
  readonly roundTripMs: number | null;
}

/** What lies over the page; at most one at a time. */
export type Overlay = "palette" | "preferences" | "shortcuts" | null;

const key = Symbol("console");

export class ConsoleApp implements Disposable {
  readonly account: Account;
  readonly shortcuts = new Shortcuts();
  readonly socket: ConsoleSocket;
  connection: ConnectionShown = $state.raw({ state: "connecting", attempt: 1, retryAtMs: null, roundTripMs: null });
  sessions: ReadonlyMap<string, LiveSession> = $state.raw(new Map());
  place: Place = $state.raw(placeOf(location.hash));
  overlay: Overlay = $state(null);
  /** Wall-clock time in ms, each second, for everything that shows how long something lasts. */
  nowMs = $state(Date.now());
  /** Jump Items a session is being started with. */
  jumping: ReadonlySet<string> = $state.raw(new Set());
  hasSingleKeyShortcuts = $state(true);
  /** The console's own; "" follows the account. */
  language: NonNullable<Preferences["language"]> = $state("");
  /** Then it is no news that the server ends the sign-in. */
  #isLoggingOut = false;
  readonly #onSignedOut: (reason: SignedOut | null) => void;
  readonly #stack = new DisposableStack();

  /** `onSignedOut` hears when the server ended the sign-in, or (null) when the person logged out. */
  constructor(account: Account, onSignedOut: (reason: SignedOut | null) => void) {
    this.account = account;
    this.#onSignedOut = onSignedOut;
    this.socket = this.#stack.use(
      new ConsoleSocket({
        url: socketUrl(),
        ticket: async () => (await api.post("/api/console/socket-ticket", {}, SocketTicket)).ticket,
        now: () => performance.now(),
        random: Math.random,
      }),
    );
    this.#stack.use(this.socket.changes.add(() => this.#changed()));
    this.#listen();
    this.socket.connect();
    void this.#loadPreferences();
  }

  /** Whether this representative's role allows it; the server decides again whenever it is done. */
  may(permission: Permission): boolean {
    return this.account.permissions.includes(permission);
  }

  /** Starts a session with a Jump Item, or joins the one that runs, and shows it. */
  async jump(jumpItem: string, name: string): Promise<void> {
    if (this.jumping.has(jumpItem)) return;
    this.jumping = new Set(this.jumping).add(jumpItem);
    try {
      const { session } = await this.socket.startSession(jumpItem);
      this.go({ kind: "session", session });
    } catch (error) {
      toasts.failed(`No session with ${name}`, error);
    } finally {
      const jumping = new Set(this.jumping);
      jumping.delete(jumpItem);
      this.jumping = jumping;
    }
  }

  go(place: Place): void {
    const hash = hashOf(place);
    if (location.hash === hash) this.place = place;
    else location.hash = hash;
  }

  /** Takes an ended session's tab away. */
  closeSession(session: string): void {
    this.socket.sessions.forget(session);
    this.#changed();
    this.go(home);
  }

  async leave(session: string): Promise<void> {
    try {
      await this.socket.leaveSession(session);
      this.closeSession(session);
    } catch (error) {
      toasts.failed("You are still in the session", error);
    }
  }

  /** @throws {AppError} what stands against it; for the dialog that asked. */
  async end(session: string): Promise<void> {
    await this.socket.endSession(session);
    this.closeSession(session);
  }

  async changePreferences(change: Partial<Preferences>): Promise<void> {
    if (change.theme !== undefined) theme.choose(change.theme);
    if (change.density !== undefined) theme.chooseDensity(change.density);
    if (change.hasSingleKeyShortcuts !== undefined) this.#singleKeys(change.hasSingleKeyShortcuts);
    if (change.language !== undefined) this.language = change.language;
    try {
      await api.put("/api/console/preferences", this.#preferences(), Preferences);
      language.follow({ console: this.language });
    } catch (error) {
      toasts.failed("The preference is kept in this browser only", error);
    }
  }

  /** Logs out at once. If the server does not hear of it, that is told and nothing has changed. */
  async logOut(): Promise<void> {
    this.#isLoggingOut = true;
    try {
      await api.post("/api/console/sign-out", {}, Nothing);
      this.#onSignedOut(null);
    } catch (error) {
      this.#isLoggingOut = false;
      toasts.failed("You are not logged out", error);
    }
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }

  #listen(): void {
    const onHash = (): void => void (this.place = placeOf(location.hash));
    const onOnline = (): void => this.socket.connect();
    const message = "Your sign-in has ended. Sign in to go on.";
    this.#stack.use(api.onSignInRequired(() => this.#onSignedOut({ code: "sign_in.required", message })));
    window.addEventListener("hashchange", onHash);
    window.addEventListener("online", onOnline);
    const timer = setInterval(() => (this.nowMs = Date.now()), 1000);
    this.#stack.defer(() => {
      window.removeEventListener("hashchange", onHash);
      window.removeEventListener("online", onOnline);
      clearInterval(timer);
    });
  }

  #changed(): void {
    const { socket } = this;
    const retryAtMs = socket.retryAtMs === null ? null : Date.now() + socket.retryAtMs - performance.now();
    this.connection = { state: socket.state, attempt: socket.attempt, retryAtMs, roundTripMs: socket.roundTripMs };
    if (this.sessions !== socket.sessions.all) this.#sessionsChanged(socket.sessions.all);
    if (socket.signedOut !== null) this.#onSignedOut(this.#isLoggingOut ? null : socket.signedOut);
  }

  #sessionsChanged(next: ReadonlyMap<string, LiveSession>): void {
    const before = this.sessions;
    this.sessions = next;
    for (const { name, session, hostName } of newcomers(before, next, this.account.id)) {
      const isShown = this.place.kind === "session" && this.place.session === session;
      const action = { label: "Show", run: () => this.go({ kind: "session", session }) };
      const notice = { title: `${name} joined ${hostName}`, text: "They see what you see.", stones: "live" } as const;
      toasts.show(isShown ? notice : { ...notice, action });
    }
  }

  async #loadPreferences(): Promise<void> {
    try {
      const preferences = await api.get("/api/console/preferences", Preferences);
      theme.choose(preferences.theme);
      theme.chooseDensity(preferences.density);
      this.#singleKeys(preferences.hasSingleKeyShortcuts);
      this.language = preferences.language ?? "";
      language.follow({ console: this.language });
    } catch (error) {
      toasts.failed("Your preferences did not load", error);
    }
  }

  #singleKeys(isOn: boolean): void {
    this.hasSingleKeyShortcuts = isOn;
    this.shortcuts.hasSingleKeys = isOn;
  }

  #preferences(): Preferences {
    return {
      theme: theme.preference,
      density: theme.density,
      hasSingleKeyShortcuts: this.hasSingleKeyShortcuts,
      language: this.language,
    };
  }
}

/** Puts the console where every component below can have it. */
export function provideConsole(app: ConsoleApp): void {
  setContext(key, app);
}

export function useConsole(): ConsoleApp {
  return getContext<ConsoleApp>(key);
}

function socketUrl(): string {
  const url = new URL(CONSOLE_SOCKET_PATH, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
