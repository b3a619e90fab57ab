import { expect, test } from "bun:test";
import { MAX_UNPROVED, MAX_UNPROVED_PER_NETWORK, PROOF_TIMEOUT_MS, UnprovedSockets } from "./unproved-sockets.ts";

const socket = (address: string) => ({
  address,
  isShut: false,
  proofTimedOut() {
    this.isShut = true;
  },
});

test("NA39 a socket that does not prove itself in time is shut, one that does is not", () => {
  const sockets = new UnprovedSockets();
  const [early, proved, late] = [socket("a"), socket("a"), socket("a")];
  sockets.add(early!, 0);
  sockets.add(proved!, 0);
  sockets.add(late!, 5000);
  sockets.delete(proved!);
  sockets.sweep(PROOF_TIMEOUT_MS - 1);
  expect(early!.isShut).toBe(false);
  sockets.sweep(PROOF_TIMEOUT_MS);
  expect([early!.isShut, proved!.isShut, late!.isShut]).toEqual([true, false, false]);
  expect(sockets.size).toBe(1);
});

test("NA39 no network takes all the places, and there are only so many", () => {
  const sockets = new UnprovedSockets();
  for (let count = 0; count < MAX_UNPROVED_PER_NETWORK; count += 1)
    sockets.add(socket(`2001:db8::${count.toString(16)}`), 0);
  expect([sockets.hasRoomFor("2001:db8::ffff"), sockets.hasRoomFor("b")]).toEqual([false, true]);
  for (let count = MAX_UNPROVED_PER_NETWORK; count < MAX_UNPROVED; count += 1) sockets.add(socket(`n${count}`), 0);
  expect(sockets.hasRoomFor("b")).toBe(false);
  sockets.sweep(PROOF_TIMEOUT_MS);
  expect([sockets.size, sockets.hasRoomFor("2001:db8::1")]).toEqual([0, true]);
});
