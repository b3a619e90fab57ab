import { describe, expect, test } from "bun:test";
import type { LaneMessage } from "../../../protocol/standby.ts";
import { Lane, type LaneEvents, type LaneSide } from "./lane.ts";
import { LaneSeal } from "./lane-seal.ts";
import { makePairKeys } from "./pair-keys.ts";

/** What one side has heard. */
interface Heard {
  opened: { isInvited: boolean; peerKey: string } | null;
  messages: LaneMessage[];
  closed: string | null;
}

type OnTheWay = (bytes: Uint8Array, direction: "to host" | "to dialler", index: number) => readonly Uint8Array[];

/** Both sides of a lane without a network between; `onTheWay` may change what passes. */
function connect(host: LaneSide, dialler: LaneSide, onTheWay: OnTheWay = (bytes) => [bytes]) {
  const side = (): Heard => ({ opened: null, messages: [], closed: null });
  const [atHost, atDialler] = [side(), side()];
  const events = (heard: Heard): LaneEvents => ({
    onOpen: (_, opened) => (heard.opened = { ...opened }),
    onMessage: (_, message) => void heard.messages.push(message),
    onClose: (_, reason) => (heard.closed = reason),
  });
  let [sentToHost, sentToDialler] = [0, 0];
  const queue: (() => void)[] = [];
  const wire = (send: (bytes: Uint8Array) => void) => ({
    send: (bytes: Uint8Array) => (queue.push(() => send(bytes)), true),
    close: () => undefined,
  });
  const diallerLane = new Lane(
    wire((bytes) => onTheWay(bytes, "to host", sentToHost++).forEach((piece) => hostLane.received(piece))),
    dialler,
    events(atDialler),
  );
  const hostLane: Lane = new Lane(
    wire((bytes) => onTheWay(bytes, "to dialler", sentToDialler++).forEach((piece) => diallerLane.received(piece))),
    host,
    events(atHost),
  );
  const settle = (): void => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
  };
  settle();
  const end = (): void => [hostLane, diallerLane].forEach((lane) => lane.end("over"));
  return { atHost, atDialler, hostLane, diallerLane, settle, [Symbol.dispose]: end };
}

const [hostKeys, diallerKeys, strangerKeys] = [makePairKeys(), makePairKeys(), makePairKeys()];
const secret = Buffer.alloc(32, 7).toString("base64url");
const hostSide = (admitted: { peerKey: string | null; invitation: string | null }): LaneSide => ({
  ...{ kind: "host", keys: hostKeys, admitted: () => admitted },
});
const diallerSide = (invitation: string | null = null, keys = diallerKeys, hostKey = hostKeys.publicKey): LaneSide => ({
  ...{ kind: "dialler", keys, hostKey, invitation },
});
const known = hostSide({ peerKey: diallerKeys.publicKey, invitation: null });

describe("a lane between two appliances", () => {
  test("the two of a pair prove themselves to each other, and what they say arrives in order", () => {
    using lane = connect(known, diallerSide());
    expect(lane.atHost.opened).toEqual({ isInvited: false, peerKey: diallerKeys.publicKey });
    expect(lane.atDialler.opened).toEqual({ isInvited: false, peerKey: hostKeys.publicKey });
    for (const term of [1, 2, 3]) lane.hostLane.send({ type: "taken", term });
    lane.diallerLane.send({ type: "switch.wished" });
    lane.settle();
    expect(lane.atDialler.messages).toEqual([1, 2, 3].map((term) => ({ type: "taken", term })));
    expect(lane.atHost.messages).toEqual([{ type: "switch.wished" }]);
  });

  test("B34 a stranger gets in neither with a key of their own nor with a made-up invitation, and hears nothing", () => {
    for (const side of [diallerSide(null, strangerKeys), diallerSide(secret, strangerKeys)]) {
      using lane = connect(known, side);
      expect(lane.atHost).toMatchObject({
        opened: null,
        closed: "a stranger: neither the other one of the pair nor invited",
      });
      expect(lane.atDialler).toMatchObject({ opened: null, messages: [] });
    }
  });

  test("an invitation lets somebody new in; another one does not, nor does one where none is open", () => {
    using invited = connect(hostSide({ peerKey: null, invitation: secret }), diallerSide(secret, strangerKeys));
    expect(invited.atHost.opened).toEqual({ isInvited: true, peerKey: strangerKeys.publicKey });
    const other = Buffer.alloc(32, 8).toString("base64url");
    using wrong = connect(hostSide({ peerKey: null, invitation: secret }), diallerSide(other, strangerKeys));
    using none = connect(hostSide({ peerKey: null, invitation: null }), diallerSide(secret, strangerKeys));
    for (const lane of [wrong, none]) expect(lane.atHost.opened).toBeNull();
  });

  test("whoever answers in the host's place is found out", () => {
    using lane = connect(
      { kind: "host", keys: strangerKeys, admitted: () => ({ peerKey: diallerKeys.publicKey, invitation: null }) },
      diallerSide(),
    );
    expect(lane.atDialler.opened).toBeNull();
  });

  test("B34 what was heard on one lane fits no other: a replayed greeting and replayed messages end the lane", () => {
    const heard: Uint8Array[] = [];
    {
      using first = connect(known, diallerSide(), (bytes, direction) => {
        if (direction === "to host") heard.push(Uint8Array.from(bytes));
        return [bytes];
      });
      first.diallerLane.send({ type: "taken", term: 9 });
      first.settle();
      expect(first.atHost.messages.length).toBe(1);
    }
    using greeting = connect(known, diallerSide(), (bytes, direction, index) =>
      direction === "to host" ? [heard[index] ?? bytes] : [bytes],
    );
    expect(greeting.atHost.opened).toBeNull();
    using twice = connect(known, diallerSide(), (bytes, direction, index) =>
      direction === "to host" && index > 0 ? [bytes, bytes] : [bytes],
    );
    twice.diallerLane.send({ type: "taken", term: 9 });
    twice.settle();
    expect(twice.atHost.messages.length).toBe(1);
    expect(twice.atHost.closed).toContain("altered, repeated");
  });

  test("cut, altered, swapped and endless messages end the lane at any place, and nothing throws", () => {
    for (let round = 0; round < 300; round += 1) {
      const at = round % 6;
      using lane = connect(known, diallerSide(), (bytes, _direction, index) => {
        if (index !== at) return [bytes];
        const altered = Uint8Array.from(bytes.subarray(0, 1 + Math.floor(Math.random() * bytes.length)));
        altered[Math.floor(Math.random() * altered.length)]! ^= 1 + Math.floor(Math.random() * 255);
        return [altered];
      });
      for (let index = 0; index < 5; index += 1) {
        lane.hostLane.send({ type: "taken", term: index });
        lane.diallerLane.send({ type: "taken", term: index });
        lane.settle();
      }
      for (const { messages } of [lane.atHost, lane.atDialler])
        expect(messages).toEqual(messages.map((_, term) => ({ type: "taken", term })));
    }
    using endless = connect(known, diallerSide());
    endless.hostLane.received(new Uint8Array(1 << 20));
    expect(endless.atHost.closed).toBe("a message is too long");
  });

  test("a seal opens its own messages in their order alone", () => {
    const key = crypto.getRandomValues(new Uint8Array(32));
    const [outward, inward] = [new LaneSeal(key), new LaneSeal(key)];
    const [one, two] = [outward.seal(Uint8Array.of(1)), outward.seal(Uint8Array.of(2))];
    expect(inward.open(one)).toEqual(Buffer.from([1]));
    expect(inward.open(one)).toBeNull();
    expect(new LaneSeal(key).open(two)).toBeNull();
    expect(inward.open(Uint8Array.of(1))).toBeNull();
  });
});
