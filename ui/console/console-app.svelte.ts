/** The signed-in console: what its socket says, as values the pages can show, and what one can do from anywhere in it. */
import { getContext, setContext } from "svelte";
import { SocketTicket, type Account, Preferences } from "../../protocol/api/sign-in.ts";
import { CONSOLE_SOCKET_PATH } from "../../protocol/hello.ts";
import { type AccessRequest, AccessRequests, StartNeeds } from "../../protocol/api/jump-items.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Permission } from "../../protocol/permissions.ts";
import { AnnouncementBoard } from "../announcements/announcement-board.svelte.ts";
import { api, inBackground } from "../connection/api.ts";
import type { Asked } from "../connection/resource.svelte.ts";
import type { ConnectionState } from "../connection/console-connection.ts";
import type { ConsoleNews } from "../connection/console-wire.ts";
import { ConsoleSocket, type SignedOut } from "../connection/console-socket.ts";
import type { LiveSession } from "../connection/live-sessions.ts";
import { Shortcuts } from "../kit/shortcuts.ts";
import { theme } from "../kit/theme.svelte.ts";
import { toasts } from "../kit/toasts.svelte.ts";
import { language } from "../languages/language.ts";
import { plural } from "../languages/plural.ts";
import { signOutOf, type SignOutReach } from "../sign-in/sign-out.ts";
import { hashOf, home, type Place, placeOf } from "./place.ts";
import type { StartGiven } from "./jump-items/start-words.ts";
import { sentenceInWords } from "../languages/server-words.ts";
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
export type Overlay = "palette" | "preferences" | "shortcuts" | "requests" | null;

/** A start that waits for what its Jump Policy asks for. */
export interface HeldStart {
  readonly jumpItem: string;
  readonly name: string;
  readonly needs: StartNeeds;
  /** Why the last try failed; "" for the first. */
  readonly problem: string;
}

/** While something is said to everybody it is asked so often whether it still runs. */
const ANNOUNCEMENTS_MS = 60_000;

const key = Symbol("console");

export class ConsoleApp implements Disposable {
  readonly account: Account;
  readonly shortcuts = new Shortcuts();
  readonly socket: ConsoleSocket;
  readonly announcements = new AnnouncementBoard("console");
  connection: ConnectionShown = $state.raw({ state: "connecting", attempt: 1, retryAtMs: null, roundTripMs: null });
  sessions: ReadonlyMap<string, LiveSession> = $state.raw(new Map());
  place: Place = $state.raw(placeOf(location.hash));
  overlay: Overlay = $state(null);
  /** Wall-clock time in ms, each second, for everything that shows how long something lasts. */
  nowMs = $state(Date.now());
  /** Jump Items a session is being started with. */
  jumping: ReadonlySet<string> = $state.raw(new Set());
  held: HeldStart | null = $state.raw(null);
  /** Requests for access one made or may answer, newest first. */
  requests: readonly AccessRequest[] = $state.raw([]);
  /** What customers are being asked and have not answered. */
  consents: readonly { readonly session: string; readonly permission: string; readonly endsAt: string }[] = $state.raw(
    [],
  );
  hasSingleKeyShortcuts = $state(true);
  /** Choosing a Jump Item puts the panel of Jump Groups away (PREF-05). */
  collapsesJumpGroups = $state(false);
  /** Choosing a file puts the panel of volumes away (PREF-08). */
  collapsesVolumes = $state(false);
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
        // It also connects again where nobody sits.
        ticket: async () => (await api.post("/api/console/socket-ticket", {}, SocketTicket, inBackground)).ticket,
        now: () => performance.now(),
        random: Math.random,
        used: () => void (api.lastRequestAtMs = Date.now()),
      }),
    );
    this.#stack.use(this.socket.changes.add(() => this.#changed()));
    this.#stack.use(
      this.socket.news.add((news) => {
        if (news.type === "access-requests.changed") void this.#requestsChanged();
        else if (news.type === "announcements.changed") void this.announcements.load(inBackground);
        else if (news.type === "session.notice") this.#sessionEnds(news);
        else this.#consentChanged(news);
      }),
    );
    this.#listen();
    this.#stack.use(this.announcements.watch({ everyMs: ANNOUNCEMENTS_MS, isTold: true }));
    this.socket.connect();
    void this.#loadPreferences();
    void this.loadRequests();
  }

  /** Whether this representative's role allows it; the server decides again whenever it is done. */
  may(permission: Permission): boolean {
    return this.account.permissions.includes(permission);
  }

  /**
   * Starts a session with a Jump Item, or joins the one that runs, and shows it. Where its Jump Policy wants more first,
   * a dialog asks for it.
   */
  async jump(jumpItem: string, name: string): Promise<void> {
    if (this.jumping.has(jumpItem)) return;
    this.jumping = new Set(this.jumping).add(jumpItem);
    try {
      const { session } = await this.socket.startSession(jumpItem);
      this.go({ kind: "session", session });
    } catch (error) {
      if (error instanceof AppError && error.code.startsWith("start.")) await this.#hold(jumpItem, name, "");
      else toasts.failed(`No session with ${name}`, error);
    } finally {
      const jumping = new Set(this.jumping);
      jumping.delete(jumpItem);
      this.jumping = jumping;
    }
  }

  /** Tries a held start with what was given. @throws {AppError} what has nothing to do with its conditions */
  async startWith(jumpItem: string, name: string, given: StartGiven): Promise<void> {
    try {
      const { session } = await this.socket.startSession(jumpItem, {
        ...(given.ticket === "" ? {} : { ticket: given.ticket.trim() }),
        ...(given.endUserCode === "" ? {} : { endUserCode: given.endUserCode }),
        ...(given.overrideSchedule ? { overrideSchedule: true } : {}),
      });
      this.held = null;
      this.go({ kind: "session", session });
    } catch (error) {
      if (!(error instanceof AppError) || !error.code.startsWith("start.")) throw error;
      await this.#hold(jumpItem, name, error.message);
    }
  }

  /** Asks anew which requests for access there are. */
  async loadRequests(asked: Asked = {}): Promise<void> {
    try {
      this.requests = (await api.get("/api/console/access-requests", AccessRequests, asked)).accessRequests;
    } catch (error) {
      toasts.failed("The access requests did not load", error);
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
    if (change.collapsesJumpGroups !== undefined) this.collapsesJumpGroups = change.collapsesJumpGroups;
    if (change.collapsesVolumes !== undefined) this.collapsesVolumes = change.collapsesVolumes;
    try {
      await api.put("/api/console/preferences", this.#preferences(), Preferences);
      language.follow({ console: this.language });
    } catch (error) {
      toasts.failed("The preference is kept in this browser only", error);
    }
  }

  /** Logs out at once. If the server does not hear of it, that is told and nothing has changed. */
  async logOut(reach: SignOutReach = "here"): Promise<void> {
    this.#isLoggingOut = true;
    try {
      await signOutOf("console", reach);
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

  async #hold(jumpItem: string, name: string, problem: string): Promise<void> {
    try {
      const needs = await api.get(`/api/console/jump-items/${jumpItem}/start`, StartNeeds);
      this.held = { jumpItem, name, needs, problem };
    } catch (error) {
      toasts.failed(`No session with ${name}`, error);
    }
  }

  /** One's own request was answered, or another's waits for an answer. */
  async #requestsChanged(): Promise<void> {
    const before = new Map(this.requests.map((request) => [request.id, request.state]));
    await this.loadRequests(inBackground);
    const action = { label: "Show", run: () => (this.overlay = "requests") };
    for (const { id, state, by, jumpItem, mayDecide } of this.requests) {
      if (before.get(id) === state) continue;
      const isOwn = by.id === this.account.id;
      if (isOwn && state === "approved")
        toasts.show({ title: "Access approved", text: jumpItem.name, tone: "ok", action });
      else if (isOwn && state === "denied")
        toasts.show({ title: "Access denied", text: jumpItem.name, tone: "bad", action });
      else if (mayDecide && state === "waiting")
        toasts.show({ title: `${by.name} asks for access`, text: jumpItem.name, tone: "info", action });
    }
  }

  #consentChanged(news: Extract<ConsoleNews, { type: "consent.waiting" | "consent.settled" }>): void {
    const others = this.consents.filter(
      ({ session, permission }) => session !== news.session || permission !== news.permission,
    );
    this.consents = news.type === "consent.settled" ? others : [...others, news];
  }

  #changed(): void {
    const { socket } = this;
    // What was said before was not heard.
    if (socket.state === "open" && this.connection.state !== "open") void this.announcements.load(inBackground);
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

  /** The schedule of its Jump Policy ends a session soon (POLICY-08); which one is said, since several may be open. */
  #sessionEnds({ session, minutes, message }: ConsoleNews & { readonly type: "session.notice" }): void {
    // Of a restart, of the appliance or its software, the notice says itself what happens.
    if (!message.includes("schedule")) return void toasts.show({ title: sentenceInWords(message), tone: "info" });
    const view = this.sessions.get(session)?.view;
    const isShown = this.place.kind === "session" && this.place.session === session;
    const action = { label: "Show", run: () => this.go({ kind: "session", session }) };
    const left = plural(minutes, ["The schedule closes in # minute.", "The schedule closes in # minutes."]);
    const title = view === undefined ? "A session ends soon" : `The session with ${view.name} ends soon`;
    toasts.show({ title, text: left, tone: "info", ...(isShown || view === undefined ? {} : { action }) });
  }

  async #loadPreferences(): Promise<void> {
    try {
      const preferences = await api.get("/api/console/preferences", Preferences);
      theme.choose(preferences.theme);
      theme.chooseDensity(preferences.density);
      this.#singleKeys(preferences.hasSingleKeyShortcuts);
      this.language = preferences.language ?? "";
      this.collapsesJumpGroups = preferences.collapsesJumpGroups ?? false;
      this.collapsesVolumes = preferences.collapsesVolumes ?? false;
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
      collapsesJumpGroups: this.collapsesJumpGroups,
      collapsesVolumes: this.collapsesVolumes,
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
