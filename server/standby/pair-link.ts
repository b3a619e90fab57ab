/**
 * The line between the two appliances, whoever dialled: what they make of each other, and then feeding or following. The
 * standby dials; the primary does so only when it has not heard of its standby for a while, to learn whether it still is one.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { LaneMessage, LaneWord, LaneWordOf } from "../../protocol/standby.ts";
import type { Clock } from "../clock.ts";
import { DATABASE_FILE } from "../database/database.ts";
import type { Log } from "../log.ts";
import { addressText, dialLane, type LaneAddress } from "./lane/dial.ts";
import type { Lane, LaneEvents, LaneOpened } from "./lane/lane.ts";
import type { LaneHost } from "./lane/lane-gateway.ts";
import { Follower } from "./follower.ts";
import type { Pair } from "./pair.ts";
import type { PairRecord } from "./pair-file.ts";
import { Shipper } from "./shipper.ts";
import { LogSource, MAX_HELD_BYTES } from "./source/log-source.ts";
import { meet, type Meeting } from "./terms.ts";

const isWord = (message: LaneMessage): message is LaneWord => message.type !== "base" && message.type !== "log";

const TICK_MS = 500;
const LOOK_AGAIN_MS = 20;
/** Between two tries of a standby; the longer the more of them failed. */
const DIAL_AGAIN_MS = [500, 1000, 2000, 5000, 10_000] as const;
/** A primary looks for its standby itself after so long without it. */
const LOOK_FOR_STANDBY_MS = 5000;

export interface PairLinkNeeds {
  readonly pair: Pair;
  readonly clock: Clock;
  readonly log: Log;
  /** The site's secret key, base64url. */
  secretKey(): string;
  siteName(): Promise<string>;
  /** Where administration is answered here; an empty host: at every address. */
  ownPlace(): LaneAddress;
  /** Hears words that are about roles, from the other one of the pair. */
  onWord(word: LaneWord, lane: Lane): void;
  /** The other one came, or is gone. */
  onReached(isReached: boolean): void;
  /** A new standby has come by the invitation. */
  onPaired(host: string): void;
}

/** The lane that counts now. */
interface Connected {
  readonly lane: Lane;
  readonly address: LaneAddress;
  /** What the former line was about is put away. */
  isReady: boolean;
  theirs: LaneWordOf<"state"> | null;
  shipper: Shipper | null;
  follower: Follower | null;
}

export class PairLink implements AsyncDisposable {
  readonly #needs: PairLinkNeeds;
  #timer: ReturnType<typeof setInterval> | null = null;
  #connected: Connected | null = null;
  #dialling: Lane | null = null;
  #dialAtMs = 0;
  #failures = 0;
  #source: LogSource | null = null;
  #endings: Promise<void> = Promise.resolve();
  #isClosed = false;
  /** What is wrong between the two; "": nothing is. */
  problem = "";
  /** How far the base copy is on this side, a standby; null: it is there. */
  copying: number | null = null;
  /** When everything the primary had was here, by this clock; null: not since the start. */
  inStepAtMs: number | null = null;
  /** When the other one was last heard; null: not since the start. */
  heardAtMs: number | null = null;
  #isHeldOff = false;
  constructor(needs: PairLinkNeeds) {
    this.#needs = needs;
    this.#dialAtMs = needs.clock.monotonicMs() + (needs.pair.record.role === "primary" ? LOOK_FOR_STANDBY_MS : 0);
  }

  /** Feeding or following goes on by itself from now on. */
  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  get isReached(): boolean {
    return this.#connected !== null && this.#connected.theirs !== null;
  }

  get lane(): Lane | null {
    return this.isReached ? this.#connected!.lane : null;
  }

  /** Feeds the standby; null: there is none now. */
  get shipper(): Shipper | null {
    return this.#connected?.shipper ?? null;
  }

  /** Follows the primary; null: it is not there now. */
  get follower(): Follower | null {
    return this.#connected?.follower ?? null;
  }

  get source(): LogSource | null {
    return this.#source;
  }

  /** For the listener: who is admitted, and what becomes of their lanes. */
  readonly host: LaneHost = {
    side: () => {
      const { record } = this.#needs.pair;
      const { invitation, peer, keys } = record;
      if (this.#isClosed || this.#isHeldOff || (invitation === null && peer === null)) return null;
      const isGood = invitation !== null && Date.parse(invitation.expiresAt) > this.#needs.clock.now().getTime();
      const admitted = { peerKey: peer?.key ?? null, invitation: isGood ? invitation.secret : null };
      return { kind: "host", keys, admitted: () => admitted };
    },
    events: (address) => this.#events({ host: address, port: 0 }),
  };

  /** Whether no new line is begun or taken; the one that is there stays. */
  holdOff(isHeldOff: boolean): void {
    this.#isHeldOff = isHeldOff;
  }

  /** Resolves when what lines that have ended were about is put away. */
  async putAway(): Promise<void> {
    await this.#endings;
  }

  /** Stops feeding and following, but keeps what is there. */
  async stop(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#dialling?.end("it is over");
    this.#connected?.lane.end("it is over");
    await this.#endings;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#source?.[Symbol.dispose]();
    this.#source = null;
  }

  #tick(): void {
    const { pair, clock, log } = this.#needs;
    const { peer, role, keys } = pair.record;
    this.#watchLength();
    if (peer === null || this.#connected !== null || this.#dialling !== null) return;
    if (this.#isClosed || this.#isHeldOff) return;
    if (clock.monotonicMs() < this.#dialAtMs) return;
    const side = { kind: "dialler", keys, hostKey: peer.key, invitation: null } as const;
    const address = { host: peer.host, port: peer.port };
    const dialled = dialLane(address, side, this.#events(address));
    this.#dialling = dialled.isOver ? null : dialled;
    const step = DIAL_AGAIN_MS[Math.min(this.#failures, DIAL_AGAIN_MS.length - 1)]!;
    // Two that dial each other at once would end each other's lanes for ever.
    const jitter = 0.75 + Math.random() / 2;
    this.#dialAtMs = clock.monotonicMs() + (role === "primary" ? LOOK_FOR_STANDBY_MS : step) * jitter;
    this.#failures += 1;
    if (this.#failures === DIAL_AGAIN_MS.length)
      log.warn("the other appliance of the pair is not reached", { address: addressText(address) });
  }

  #events(address: LaneAddress): LaneEvents {
    return {
      onOpen: (lane, opened) =>
        void this.#opened(lane, address, opened).catch((error: unknown) => {
          this.#needs.log.error("the line to the other appliance of the pair could not be begun", error);
          lane.end("it could not be begun");
        }),
      onMessage: (lane, message) => this.#received(lane, message),
      onClose: (lane, reason) => this.#closed(lane, reason),
    };
  }

  async #opened(lane: Lane, address: LaneAddress, { isInvited, peerKey }: LaneOpened): Promise<void> {
    const { pair } = this.#needs;
    this.#connected?.lane.end("a newer line took its place");
    const nothing = { theirs: null, shipper: null, follower: null, isReady: false };
    const connected: Connected = { lane, address, ...nothing };
    this.#connected = connected;
    if (this.#dialling === lane) this.#dialling = null;
    if (isInvited) this.#pairWith(peerKey, address);
    await this.#endings;
    connected.isReady = true;
    await this.#sayState(lane, pair.record);
    if (connected.theirs !== null && !lane.isOver) this.#meet(connected, connected.theirs);
  }

  /** Whoever brought the invitation is the standby from now on. */
  #pairWith(key: string, { host }: LaneAddress): void {
    const { pair, onPaired } = this.#needs;
    const peer = { key, host, port: 443, siteName: "" };
    const term = Math.max(1, pair.record.term);
    pair.note(`${host} became the standby.`, { role: "primary", term, peer, invitation: null, hasYielded: false });
    onPaired(host);
  }

  async #sayState(lane: Lane, { role, term, hasYielded }: PairRecord): Promise<void> {
    if (role === "alone") return lane.end("there is no pair here");
    const { pair, siteName, ownPlace } = this.#needs;
    const place = ownPlace();
    const name = await siteName();
    if (role === "standby") await pair.copy.openAgain();
    const position = role === "standby" ? pair.copy.position : null;
    lane.send({ type: "state", role, term, hasYielded, ...place, siteName: name, position });
  }

  #received(lane: Lane, message: LaneMessage): void {
    const connected = this.#connected;
    if (connected?.lane !== lane) return;
    if (message.type === "state") {
      if (connected.theirs !== null) return lane.end("the other one says twice who it is");
      connected.theirs = message;
      if (connected.isReady) this.#meet(connected, message);
      return;
    }
    if (connected.theirs === null) return lane.end("the other one does not say who it is");
    this.heardAtMs = this.#needs.clock.monotonicMs();
    connected.shipper?.received(message);
    connected.follower?.received(message);
    if (message.type === "cannot" && connected.shipper !== null) this.problem = message.reason;
    if (isWord(message)) this.#needs.onWord(message, lane);
  }

  #meet(connected: Connected, theirs: LaneWordOf<"state">): void {
    const { pair, onReached, clock } = this.#needs;
    const own = pair.standing;
    if (own === null) return connected.lane.end("there is no pair here");
    this.#failures = 0;
    this.problem = "";
    const { peer } = pair.record;
    const host = connected.address.port === 0 ? theirs.host || connected.address.host : connected.address.host;
    if (peer !== null)
      pair.remember({
        peer: { ...peer, host, port: theirs.port, siteName: theirs.siteName },
        lastReachedAt: clock.now().toISOString(),
      });
    onReached(true);
    this.#act(meet(own, theirs), connected, theirs);
  }

  #act(meeting: Meeting, connected: Connected, theirs: LaneWordOf<"state">): void {
    const { pair, log } = this.#needs;
    const { lane } = connected;
    switch (meeting.kind) {
      case "feed":
        // The standby dials; it knows now where.
        if (connected.address.port !== 0) return lane.end("the standby dials itself");
        return this.#feed(connected, theirs);
      case "follow":
        if (connected.address.port === 0) return this.#dialInstead(lane);
        if (pair.record.term !== meeting.term) pair.change({ term: meeting.term });
        return this.#follow(connected);
      case "step-back":
        log.warn("the other appliance of the pair serves since; this one steps back", { term: meeting.term });
        pair.note(
          `The other one took over; this appliance is its standby. What only this one had is kept beside the copy.`,
          { role: "standby", term: meeting.term, hasYielded: false },
        );
        return pair.restart();
      case "serve-on":
        pair.note("The other one did not take over; this appliance serves on.", { hasYielded: false });
        return pair.restart();
      case "wait":
        return;
      case "conflict":
        this.problem = meeting.problem;
        return lane.end(meeting.problem);
    }
  }

  #dialInstead(lane: Lane): void {
    this.#dialAtMs = 0;
    lane.end("the standby dials itself");
  }

  #feed(connected: Connected, theirs: LaneWordOf<"state">): void {
    const { pair, clock, log, secretKey } = this.#needs;
    const source = this.#openSource();
    // Another process writes at this very moment; the standby comes again.
    if (source === null) return connected.lane.end("the log cannot be held yet");
    const databaseFile = join(pair.directory, DATABASE_FILE);
    connected.shipper = new Shipper(
      {
        ...{ clock, log, lane: connected.lane, source, databaseFile, secretKey },
        databaseBytes: () => statSync(databaseFile).size,
        inStep: () => (this.inStepAtMs = clock.monotonicMs()),
      },
      theirs.position,
    );
  }

  #follow(connected: Connected): void {
    const { pair, clock } = this.#needs;
    connected.follower = new Follower({
      ...{ clock, lane: connected.lane, copy: pair.copy },
      copying: (done) => (this.copying = done),
      inStep: () => {
        this.inStepAtMs = clock.monotonicMs();
        this.#keepInStep();
      },
    });
  }

  /** What a loss is measured by, should this appliance start anew before it takes over. */
  #keepWhenHeard(isStandby: boolean): void {
    const { pair, clock } = this.#needs;
    const [now, nowMs] = [clock.now().getTime(), clock.monotonicMs()];
    const timeOf = (atMs: number): string => new Date(now - (nowMs - atMs)).toISOString();
    if (this.heardAtMs === null || pair.record.peer === null) return;
    const inStep = isStandby && this.inStepAtMs !== null ? { lastInStepAt: timeOf(this.inStepAtMs) } : {};
    pair.remember({ lastReachedAt: timeOf(this.heardAtMs), ...inStep });
  }

  /** Once a minute, and when the line is lost, it is written down when the copy was all there was. */
  #keepInStep(): void {
    const { pair, clock } = this.#needs;
    const last = pair.record.lastInStepAt;
    if (last !== null && clock.now().getTime() - Date.parse(last) < 60_000) return;
    pair.remember({ lastInStepAt: clock.now().toISOString() });
  }

  /** What the standby is fed from: the log that is held, or a new generation of it. */
  #openSource(): LogSource | null {
    const { pair } = this.#needs;
    if (this.#source !== null && !this.#source.isLost) return this.#source;
    this.#source?.[Symbol.dispose]();
    this.#source = null;
    const hold = pair.hold();
    if (hold.isHeld) this.#source = LogSource.open(pair.directory, hold);
    if (this.#source !== null) return this.#source;
    if (!hold.begin()) return null;
    this.#source = LogSource.open(pair.directory, hold);
    return this.#source;
  }

  /** A log is not held for ever for a standby that does not come. */
  #watchLength(): void {
    const { pair, log } = this.#needs;
    if (this.shipper !== null || this.#isClosed) return;
    if (this.#source === null && pair.isHolding) this.#source = LogSource.open(pair.directory, pair.hold());
    const source = this.#source;
    if (source === null) return;
    // A megabyte at a time: the loop is not held.
    if (source.look()) setTimeout(() => this.#watchLength(), LOOK_AGAIN_MS);
    if (!source.isLost && source.committedBytes < MAX_HELD_BYTES) return;
    log.warn("the standby is away for too long; it gets a whole new copy when it comes back");
    source[Symbol.dispose]();
    this.#source = null;
    pair.letGo();
  }

  #closed(lane: Lane, reason: string): void {
    const { log, clock, onReached } = this.#needs;
    if (this.#dialling === lane) this.#dialling = null;
    const connected = this.#connected;
    if (connected?.lane !== lane) return;
    this.#connected = null;
    this.#dialAtMs = Math.max(this.#dialAtMs, clock.monotonicMs() + DIAL_AGAIN_MS[0]);
    const { shipper, follower } = connected;
    this.#endings = this.#endings
      .then(async () => {
        await shipper?.[Symbol.asyncDispose]();
        await follower?.[Symbol.asyncDispose]();
      })
      .catch((error: unknown) => log.error("a line of the pair could not be put away", error));
    if (connected.theirs === null) return;
    log.info("the line to the other appliance of the pair has ended", { reason });
    this.#keepWhenHeard(follower !== null);
    onReached(false);
  }
}
