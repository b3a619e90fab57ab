import { describe, expect, test } from "bun:test";
import { ber, berInteger, berOctets, BerReader, berSequence } from "./ber.ts";
import { readMessage, writeMessage } from "./message.ts";
import { MibView } from "./mib-view.ts";
import { decodeObjectId, encodeObjectId, objectId } from "./object-id.ts";
import { MAX_REQUEST_BYTES, type Outcome, Responder } from "./responder.ts";
import { counter, gauge, integer, longCounter, text, type VarBind } from "./snmp-value.ts";
import {
  decrypt,
  encrypt,
  type EngineClock,
  isProved,
  localKeys,
  MAC_BYTES,
  macOf,
  masterKey,
  Salts,
} from "./user-security.ts";
import { RateLimit } from "./rate-limit.ts";

const engineId = Buffer.from("80007ed905000102030405060708090a0b", "hex");
const masters = { authentication: masterKey("a raven on the weir"), privacy: masterKey("three herons in the reeds") };
const keys = localKeys(masters, engineId);
const none = new Uint8Array();
const SYS_NAME = objectId("1.3.6.1.2.1.1.5.0");

/** A responder whose clock stands where the test puts it. */
function responder(objects: readonly VarBind[] = [{ name: SYS_NAME, value: text("weir") }]) {
  const clock = { boots: 7, seconds: 1000 };
  const view = new MibView(objects);
  const made = new Responder({
    ...{ engineId, username: "watch", keys, salts: new Salts(1n) },
    clock: () => ({ ...clock }),
    view: async () => view,
  });
  return { made, clock };
}

interface Wish {
  readonly tag?: number;
  readonly numbers?: readonly [number, number];
  readonly names?: readonly (readonly number[])[];
  readonly clock?: EngineClock;
  readonly flags?: number;
  readonly maxSize?: number;
  readonly engine?: Uint8Array;
  readonly contextEngine?: Uint8Array;
  readonly context?: string;
}

/** A question as an honest monitoring system writes it, changed as wished. */
function question(wish: Wish = {}): Uint8Array {
  const {
    tag = 0xa0,
    numbers = [0, 0],
    names = [SYS_NAME],
    engine = engineId,
    context = "",
    contextEngine = engine,
  } = wish;
  const { clock = { boots: 7, seconds: 1000 }, flags = 7, maxSize = 65_507 } = wish;
  const bindings = names.map((name) => berSequence(ber(0x06, encodeObjectId(name)), ber(0x05)));
  const pdu = ber(tag, berInteger(42), berInteger(numbers[0]), berInteger(numbers[1]), berSequence(...bindings));
  const plain = berSequence(berOctets(contextEngine), berOctets(Buffer.from(context)), pdu);
  const salt = new Salts(99n).take();
  const isEncrypted = (flags & 2) !== 0;
  const scoped = isEncrypted ? berOctets(encrypt(plain, salt, clock, keys)) : plain;
  const { packet, macOffset } = writeMessage({
    ...{ messageId: 1, maxSize, flags, engineId: engine, engineBoots: clock.boots, engineTime: clock.seconds },
    ...{ username: "watch", mac: (flags & 1) === 0 ? none : new Uint8Array(MAC_BYTES) },
    ...{ salt: isEncrypted ? salt : none, scoped },
  });
  if ((flags & 1) !== 0) packet.set(macOf(packet, macOffset, keys.authentication), macOffset);
  return packet;
}

/** What stands in an answer, opened as the asker would. */
function opened(outcome: Outcome) {
  if (outcome.kind === "unanswered") throw new Error(outcome.why);
  const message = readMessage(outcome.packet);
  if (typeof message === "string") throw new Error(message);
  const clock = { boots: message.engineBoots, seconds: message.engineTime };
  const plain = (message.flags & 2) === 0 ? null : decrypt(message.scoped, message.salt, clock, keys);
  const scoped = plain === null ? new BerReader(message.scoped) : new BerReader(plain).open(0x30);
  scoped.skip();
  scoped.skip();
  const tag = scoped.peekTag();
  const pdu = scoped.open(tag);
  const [requestId, errorStatus, errorIndex] = [pdu.integer(), pdu.integer(), pdu.integer()];
  const list = pdu.open(0x30);
  const names: string[] = [];
  while (!list.isAtEnd) names.push(list.open(0x30).objectId().join("."));
  const isTrue = isProved(outcome.packet, message, keys.authentication);
  return { message, isTrue, tag, requestId, errorStatus, errorIndex, names, bytes: outcome.packet.length };
}

describe("keys", () => {
  test("are made as RFC 3414 makes them, with the hash of RFC 7860", () => {
    // The passphrase and the engine of RFC 3414, A.3; Python's hashlib says the same of them.
    const engine = Buffer.from("000000000000000000000002", "hex");
    const local = localKeys({ authentication: masterKey("maplesyrup"), privacy: masterKey("maplesyrup") }, engine);
    expect(masterKey("maplesyrup").toString("hex")).toBe(
      "ab51014d1e077f6017df2b12bee5f5aa72993177e9bb569c4dff5a4ca0b4afac",
    );
    expect(local.authentication.toString("hex")).toBe(
      "8982e0e549e866db361a6b625d84cccc11162d453ee8ce3a6445c2d6776f0f8b",
    );
    expect(local.privacy).toEqual(local.authentication.subarray(0, 16));
  });
});

describe("a question", () => {
  test("that is proved, encrypted and in time is answered the same way", async () => {
    const answer = opened(await responder().made.respond(question()));
    expect(answer).toMatchObject({
      isTrue: true,
      tag: 0xa2,
      requestId: 42,
      errorStatus: 0,
      names: [SYS_NAME.join(".")],
    });
    expect(answer.message.flags).toBe(3);
  });

  test("of another engine, or of none, hears who we are: unproved, with nothing else in it, and hardly longer than it", async () => {
    const { made } = responder();
    const asked = question({ engine: none, flags: 4, names: [] });
    const outcome = await made.respond(asked);
    expect(outcome.kind).toBe("introduction");
    const { message, tag, names, bytes } = opened(outcome);
    expect({ tag, names, flags: message.flags }).toEqual({ tag: 0xa8, names: ["1.3.6.1.6.3.15.1.1.4.0"], flags: 0 });
    expect(Buffer.from(message.engineId)).toEqual(engineId);
    expect(message).toMatchObject({ engineBoots: 7, engineTime: 1000 });
    expect(bytes).toBeLessThan(140);
    expect(await made.respond(question({ engine: none, flags: 0, names: [] }))).toMatchObject({ kind: "unanswered" });
  });

  test("that was heard and is sent again later, or before a restart, reads nothing", async () => {
    const { made, clock } = responder();
    const old = question();
    clock.seconds += 151;
    const told = await made.respond(old);
    expect(told.kind).toBe("correction");
    const late = opened(told);
    expect(late).toMatchObject({ tag: 0xa8, isTrue: true, names: ["1.3.6.1.6.3.15.1.1.2.0"] });
    clock.seconds = 1000;
    clock.boots = 8;
    expect(opened(await made.respond(old))).toMatchObject({ tag: 0xa8, names: ["1.3.6.1.6.3.15.1.1.2.0"] });
    clock.boots = 0x7fff_ffff;
    const last = question({ clock: { boots: 0x7fff_ffff, seconds: 1000 } });
    expect(opened(await made.respond(last)).tag).toBe(0xa8);
  });

  test.each([
    ["without a proof", { flags: 4 }, "not-encrypted"],
    ["in the clear", { flags: 5 }, "not-encrypted"],
    ["of another context", { context: "bridge" }, "other-context"],
    ["of another engine's context", { contextEngine: Buffer.from("8000000001", "hex") }, "other-context"],
    ["of a context as long as a packet", { contextEngine: new Uint8Array(3000) }, "other-context"],
    ["that is no question but a trap", { tag: 0xa7 }, "wrong-key"],
    ["of too many names", { names: Array.from({ length: 129 }, () => SYS_NAME) }, "wrong-key"],
  ] as const)("%s is not answered", async (_, wish, why) => {
    expect(await responder().made.respond(question(wish))).toEqual({ kind: "unanswered", why });
  });

  test("for much is answered in one datagram: a bulk is cut off, what must be whole is too big", async () => {
    const objects = Array.from({ length: 300 }, (_, index): VarBind => ({
      name: objectId(`1.3.6.1.4.1.32473.9.${index + 1}`),
      value: text("x".repeat(40)),
    }));
    const { made } = responder(objects);
    const root = objectId("1.3.6.1.4.1.32473.9");
    const bulk = opened(await made.respond(question({ tag: 0xa5, numbers: [0, 2_147_483_647], names: [root] })));
    expect(bulk.bytes).toBeLessThanOrEqual(1400);
    expect(bulk.names.length).toBeGreaterThan(15);
    const small = opened(await made.respond(question({ tag: 0xa5, numbers: [0, 500], names: [root], maxSize: 484 })));
    expect(small.bytes).toBeLessThanOrEqual(484);
    const many = objects.slice(0, 100).map(({ name }) => name);
    expect(opened(await made.respond(question({ names: many })))).toMatchObject({ errorStatus: 1, names: [] });
    const end = opened(await made.respond(question({ tag: 0xa5, numbers: [1, 3], names: [root, objectId("2.0")] })));
    expect(end.names).toEqual(["1.3.6.1.4.1.32473.9.1", "2.0"]);
  });

  test("fuzz: cut, changed and random packets are never answered and never throw", async () => {
    const { made } = responder();
    const good = question();
    let seed = 12_345;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    for (let length = 0; length < good.length; length += 1)
      expect((await made.respond(good.subarray(0, length))).kind).toBe("unanswered");
    let introductions = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const packet = Buffer.from(good);
      for (let change = random(4); change >= 0; change -= 1) packet[random(packet.length)]! ^= 1 << random(8);
      if (packet.equals(good)) continue;
      const { kind } = await made.respond(packet);
      expect(kind).not.toBe("answer");
      if (kind === "introduction") introductions += 1;
    }
    // Where the engine's id was hit: it is another engine then.
    expect(introductions).toBeLessThan(10_000);
    for (let round = 0; round < 5000; round += 1) {
      const packet = Uint8Array.from({ length: random(200) }, () => random(256));
      expect((await made.respond(packet)).kind).toBe("unanswered");
    }
    const long = new Uint8Array(MAX_REQUEST_BYTES + 1);
    expect(await made.respond(long)).toEqual({ kind: "unanswered", why: "malformed" });
  }, 60_000);

  test("fuzz: what is proved and means nothing is not answered and never throws", async () => {
    const { made } = responder();
    const plain = question({ flags: 4 });
    const inside = readMessage(plain);
    if (typeof inside === "string") throw new Error(inside);
    for (let round = 0; round < 5000; round += 1) {
      const bytes = Buffer.from(berSequence(inside.scoped));
      for (let change = 0; change <= round % 3; change += 1)
        bytes[Math.floor(Math.random() * bytes.length)] = Math.floor(Math.random() * 256);
      const salt = new Salts(5n).take();
      const clock = { boots: 7, seconds: 1000 };
      const { packet, macOffset } = writeMessage({
        ...{ messageId: 1, maxSize: 1400, flags: 7, engineId, engineBoots: 7, engineTime: 1000, username: "watch" },
        ...{ mac: new Uint8Array(MAC_BYTES), salt, scoped: berOctets(encrypt(bytes, salt, clock, keys)) },
      });
      packet.set(macOf(packet, macOffset, keys.authentication), macOffset);
      const outcome = await made.respond(packet);
      if (outcome.kind !== "unanswered") expect(outcome.packet.length).toBeLessThanOrEqual(1400);
    }
  }, 60_000);
});

test.each([
  ["no length at all", "30"],
  ["a length without an end", "3080020103"],
  ["a length of four bytes", "308400000003020103"],
  ["a length past the packet", "3083ffffff020103"],
  ["a number without a byte", "30020200"],
  ["a number of five bytes", "300702050000000003"],
  ["something after the message", "300302010300"],
])("%s is malformed", (_, hex) => {
  expect(readMessage(Buffer.from(hex, "hex"))).toBe("malformed");
});

describe("the tree", () => {
  test("is read in the order of its arcs, whatever order its objects came in", () => {
    const names = ["1.3.10.1", "1.3.9.200", "1.3.9.3", "1.3.9.3.1", "1.4"].map(objectId);
    const view = new MibView(names.map((name) => ({ name, value: integer(1) })));
    const walked: string[] = [];
    for (let at = view.after(objectId("1.3")); at !== null; at = view.after(at.name)) walked.push(at.name.join("."));
    expect(walked).toEqual(["1.3.9.3", "1.3.9.3.1", "1.3.9.200", "1.3.10.1", "1.4"]);
    expect(view.get(objectId("1.3.9.4")).kind).toBe("no-such-instance");
    expect(view.get(objectId("1.5.1")).kind).toBe("no-such-object");
  });

  test("names and numbers are the same after they were written", () => {
    for (const name of ["0.0", "1.3.6.1.4.1.32473.1", "2.999.4294967295.0.128"].map(objectId))
      expect(decodeObjectId(encodeObjectId(name))).toEqual(name);
    for (const bytes of [[], [0x80], [0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]])
      expect(decodeObjectId(Uint8Array.from(bytes))).toBeNull();
    for (const value of [0, 1, 127, 128, 255, 256, -1, -128, -129, 2_147_483_647, -2_147_483_648])
      expect(new BerReader(berInteger(value)).integer()).toBe(value);
    expect(Buffer.from(berInteger(2n ** 64n - 1n)).toString("hex")).toBe("020900ffffffffffffffff");
    expect(counter(2 ** 32 + 5)).toEqual({ kind: "counter32", value: 5 });
    expect(gauge(2 ** 40)).toEqual({ kind: "gauge32", value: 0xffff_ffff });
    expect(longCounter(2 ** 40)).toEqual({ kind: "counter64", value: 2n ** 40n });
  });
});

test("one address asks so often and no more, others go on; all together and unproved answers have an end, too", () => {
  let nowMs = 0;
  const limit = new RateLimit(() => nowMs);
  const asked = (address: string, times: number): number =>
    Array.from({ length: times }, () => limit.mayAsk(address)).filter(Boolean).length;
  expect(asked("192.0.2.1", 1000)).toBe(300);
  expect(asked("192.0.2.2", 10)).toBe(10);
  nowMs += 1000;
  expect(asked("192.0.2.1", 1000)).toBe(100);
  const introductions = Array.from({ length: 1000 }, () => limit.mayIntroduce()).filter(Boolean).length;
  expect(introductions).toBe(20);
  nowMs += 500;
  expect(Array.from({ length: 100 }, () => limit.mayIntroduce()).filter(Boolean).length).toBe(5);
  nowMs += 60_000;
  const foreign = Array.from({ length: 10_000 }, (_, index) => asked(`198.51.${index >> 8}.${index & 255}`, 1));
  expect(foreign.filter((heard) => heard === 1).length).toBe(3000);
});
