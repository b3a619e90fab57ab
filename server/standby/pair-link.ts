/**
 * The line between the two appliances, whoever dialled: what they make of each other, and then feeding or following. The
 * standby dials; the primary does so only when it has not heard of its standby for a while, to learn whether it still is one.
 */
import {
  isLaneWord,
  type LaneMessage,
  type LaneWord,
  type LaneWordOf,
  type SteppedBack,
} from "../../protocol/standby.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { Contact } from "./contact.ts";
import { Dialling } from "./dialling.ts";
import { FedLog } from "./fed-log.ts";
import { Follower } from "./follower.ts";
import type { LaneAddress } from "./lane/dial.ts";
import type { Admitted } from "./lane/handshake.ts";
import type { Lane, LaneEvents, LaneOpened } from "./lane/lane.ts";
import type { LaneHost } from "./lane/lane-gateway.ts";
import type { Pair } from "./pair.ts";
import { Shipper } from "./shipper.ts";
import { meet, type Meeting } from "./terms.ts";

const TICK_MS = 500;
/** What a lane came from that was not dialled here: no port of it is known. */
const ANSWERED_PORT = 0;
/** Until the other one has said where it is answered. */
const USUAL_PORT = 443;

export interface PairLinkNeeds {
  readonly pair: Pair;
  readonly clock: Clock;
  readonly log: Log;
  /** What a log that is held for a standby may grow to; default: MAX_HELD_BYTES. */
  readonly heldBytes?: number;
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
  /** The standby that is fed was a primary, and says so with each of its lines. */
  onSteppedBack(steppedBack: SteppedBack): void;
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
  readonly #dialling: Dialling;
  readonly #fedLog: FedLog;
  readonly contact: Contact;
  #timer: ReturnType<typeof setInterval> | null = null;
  #connected: Connected | null = null;
  #endings: Promise<void> = Promise.resolve();
  #isClosed = false;
  #isHeldOff = false;
  /** What is wrong between the two; "": nothing is. */
  problem = "";
  /** How far the base copy is on this side, a standby; null: it is there. */
  copying: number | null = null;
  constructor(needs: PairLinkNeeds) {
    const { pair, clock, log } = needs;
    this.#needs = needs;
    this.contact = new Contact(pair, clock);
    this.#fedLog = new FedLog(pair, log, needs.heldBytes);
    this.#dialling = new Dialling({ pair, clock, log, events: (address) => this.#events(address) });
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

  /** For the listener: who is admitted, and what becomes of their lanes. */
  readonly host: LaneHost = {
    side: () => {
      const { invitation, peer, keys } = this.#needs.pair.record;
      if (!this.#isOpen || (invitation === null && peer === null)) return null;
      // Asked when somebody proves who they are: an invitation is good once, however many came with it at once.
      return { kind: "host", keys, admitted: () => this.#admitted() };
    },
    events: (host) => this.#events({ host, port: ANSWERED_PORT }),
  };

  /** Whether no new line is begun or taken; the one that is there stays. */
  holdOff(isHeldOff: boolean): void {
    this.#isHeldOff = isHeldOff;
  }

  /** Nobody is fed any more. */
  letGo(): void {
    this.#fedLog.letGo();
  }

  /** Ends the line; resolves when what it was about is put away. */
  async endLine(reason: string): Promise<void> {
    this.#connected?.lane.end(reason);
    await this.#endings;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#dialling.end();
    await this.endLine("it is over");
    this.#fedLog[Symbol.dispose]();
  }

  get #isOpen(): boolean {
    return !this.#isClosed && !this.#isHeldOff;
  }

  #admitted(): Admitted {
    const { invitation, peer } = this.#needs.pair.record;
    if (!this.#isOpen) return { peerKey: null, invitation: null };
    const isGood = invitation !== null && Date.parse(invitation.expiresAt) > this.#needs.clock.now().getTime();
    return { peerKey: peer?.key ?? null, invitation: isGood ? invitation.secret : null };
  }

  #tick(): void {
    if (this.shipper === null) this.#fedLog.watch();
    if (this.#connected === null && this.#isOpen) this.#dialling.look();
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
    this.#dialling.over(lane);
    if (!this.#isOpen) return lane.end("roles are being changed");
    this.#connected?.lane.end("a newer line took its place");
    const nothing = { theirs: null, shipper: null, follower: null, isReady: false };
    const connected: Connected = { lane, address, ...nothing };
    this.#connected = connected;
    if (isInvited) this.#pairWith(peerKey, address);
    await this.#endings;
    connected.isReady = true;
    if (pair.record.role === "standby") await this.#openCopy();
    await this.#sayState(lane);
    if (connected.theirs !== null && !lane.isOver) this.#meet(connected, connected.theirs);
  }

  /** Whoever brought the invitation is the standby from now on. */
  #pairWith(key: string, { host }: LaneAddress): void {
    const { pair, onPaired } = this.#needs;
    const peer = { key, host, port: USUAL_PORT, siteName: "" };
    const term = Math.max(1, pair.record.term);
    pair.note(`${host} became the standby.`, { role: "primary", term, peer, invitation: null, hasYielded: false });
    onPaired(host);
  }

  /** A copy that does not open is as good as none: the primary sends a new one, which takes its place when it is whole. */
  async #openCopy(): Promise<void> {
    const { pair, log } = this.#needs;
    await pair.copy.openAgain().catch((error: unknown) => log.error("the standby's copy could not be opened", error));
  }

  async #sayState(lane: Lane): Promise<void> {
    const { pair, siteName, ownPlace } = this.#needs;
    const name = await siteName();
    const { role, term, hasYielded, steppedBack } = pair.record;
    if (role === "alone") return lane.end("there is no pair here");
    const position = role === "standby" ? pair.copy.position : null;
    const before = role === "standby" && steppedBack != null ? { steppedBack } : {};
    lane.send({ type: "state", role, term, hasYielded, ...ownPlace(), siteName: name, position, ...before });
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
    this.contact.heard();
    connected.shipper?.received(message);
    connected.follower?.received(message);
    if (message.type === "cannot" && connected.shipper !== null) this.problem = message.reason;
    if (isLaneWord(message)) this.#needs.onWord(message, lane);
  }

  #meet(connected: Connected, theirs: LaneWordOf<"state">): void {
    const { pair, onReached } = this.#needs;
    const own = pair.standing;
    if (own === null) return connected.lane.end("there is no pair here");
    this.#keepWhere(connected.address, theirs);
    onReached(true);
    this.#act(meet(own, theirs), connected, theirs);
  }

  /** A place that was dialled led there, whatever the other one says: there may be a translation of addresses in between. */
  #keepWhere(address: LaneAddress, { host, port, siteName }: LaneWordOf<"state">): void {
    const { pair, clock } = this.#needs;
    const { peer } = pair.record;
    if (peer === null) return;
    const place = address.port === ANSWERED_PORT ? { host: host || address.host, port } : address;
    pair.remember({ peer: { ...peer, ...place, siteName }, lastReachedAt: clock.now().toISOString() });
  }

  #act(meeting: Meeting, connected: Connected, theirs: LaneWordOf<"state">): void {
    const { pair, log } = this.#needs;
    const { lane } = connected;
    const isAnswered = connected.address.port === ANSWERED_PORT;
    if (meeting.kind !== "conflict" && meeting.kind !== "feed") this.problem = "";
    switch (meeting.kind) {
      case "feed":
        // The standby dials; it knows now where.
        return isAnswered ? this.#feed(connected, theirs) : lane.end("the standby dials itself");
      case "follow":
        if (isAnswered) return this.#dialInstead(lane);
        if (pair.record.term !== meeting.term) pair.change({ term: meeting.term });
        return this.#follow(connected);
      case "step-back":
        log.warn("the other appliance of the pair serves since; this one steps back", { term: meeting.term });
        pair.becomeStandby(meeting.term);
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
    this.#dialling.soon();
    lane.end("the standby dials itself");
  }

  #feed(connected: Connected, theirs: LaneWordOf<"state">): void {
    const { clock, log, secretKey } = this.#needs;
    const { lane } = connected;
    const fedLog = this.#fedLog;
    const source = fedLog.open();
    // The standby comes again.
    if (source === null) return lane.end("the log cannot be held yet");
    const needs = {
      ...{ clock, log, lane, source, databaseFile: fedLog.databaseFile, secretKey },
      databaseBytes: () => fedLog.databaseBytes,
      farthestBytes: () => fedLog.farthestBytes,
      inStep: () => this.#isInStep(),
      tooFar: () => {
        lane.end("the standby does not keep up");
        fedLog.giveUp("The standby does not keep up with what is written.");
      },
    };
    connected.shipper = new Shipper(needs, theirs.position);
    if (theirs.steppedBack !== undefined) this.#needs.onSteppedBack(theirs.steppedBack);
  }

  #follow(connected: Connected): void {
    const { pair, clock } = this.#needs;
    connected.follower = new Follower({
      ...{ clock, lane: connected.lane, copy: pair.copy },
      copying: (done) => (this.copying = done),
      inStep: () => this.#isInStep(),
    });
  }

  #isInStep(): void {
    this.problem = "";
    this.#dialling.cameToSomething();
    this.contact.inStep();
  }

  #closed(lane: Lane, reason: string): void {
    const { log, onReached } = this.#needs;
    this.#dialling.over(lane);
    const connected = this.#connected;
    if (connected?.lane !== lane) return;
    this.#connected = null;
    this.#dialling.afterLine();
    const { shipper, follower } = connected;
    this.#endings = this.#endings
      .then(async () => {
        await shipper?.[Symbol.asyncDispose]();
        await follower?.[Symbol.asyncDispose]();
      })
      .catch((error: unknown) => log.error("a line of the pair could not be put away", error));
    if (connected.theirs === null) return;
    log.info("the line to the other appliance of the pair has ended", { reason });
    this.contact.keep();
    onReached(false);
  }
}
