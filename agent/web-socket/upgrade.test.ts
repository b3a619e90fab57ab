import { expect, test } from "bun:test";
import { MAX_UPGRADE_ANSWER_BYTES, readUpgradeAnswer, upgradeRequest } from "./upgrade.ts";

// The example of RFC 6455, section 1.3.
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const GOOD = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${ACCEPT}`];
const answer = (fields: readonly string[], status = "HTTP/1.1 101 Switching Protocols", body = "") =>
  new TextEncoder().encode(`${[status, ...fields].join("\r\n")}\r\n\r\n${body}`);
const kindOf = (bytes: Uint8Array) => readUpgradeAnswer(bytes, KEY).kind;

test("the request asks for a WebSocket as RFC 6455 writes it, and names no origin", () => {
  const request = new TextDecoder().decode(
    upgradeRequest(new URL("https://support.example.com:8443/gateway/agent"), KEY),
  );
  expect(request.split("\r\n")).toEqual([
    "GET /gateway/agent HTTP/1.1",
    "Host: support.example.com:8443",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${KEY}`,
    "",
    "",
  ]);
});

test("the right answer is taken, whatever its spelling, and the first frame begins after it", () => {
  const bytes = answer(["UPGRADE: WebSocket", "connection: keep-alive, upgrade", GOOD[2]!], undefined, "frame");
  expect(readUpgradeAnswer(bytes, KEY)).toEqual({ kind: "accepted", headBytes: bytes.length - "frame".length });
  for (let length = 0; length < bytes.length - "frame".length; length += 1)
    expect(kindOf(bytes.subarray(0, length))).toBe("incomplete");
});

test("any other answer is refused and says why", () => {
  const refused = (bytes: Uint8Array) => {
    const read = readUpgradeAnswer(bytes, KEY);
    return read.kind === "refused" ? read.reason : read.kind;
  };
  expect(refused(answer(GOOD, "HTTP/1.1 403 Forbidden"))).toContain("403");
  expect(refused(answer(GOOD, "HTTP/1.0 101 Switching Protocols"))).toContain("does not speak HTTP");
  expect(refused(answer(GOOD, "SSH-2.0-OpenSSH_9.2"))).toContain("does not speak HTTP");
  for (const missing of GOOD) expect(refused(answer(GOOD.filter((one) => one !== missing)))).toContain("not open");
  const replayed = GOOD.with(2, "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  expect(refused(answer(replayed))).toContain("not open");
  expect(refused(answer([...GOOD, "Sec-WebSocket-Extensions: permessage-deflate"]))).toContain("nobody offered");
  expect(refused(new Uint8Array(MAX_UPGRADE_ANSWER_BYTES + 1))).toContain("no end");
});

test("NA1 whatever bytes come for an answer, none opens the connection", () => {
  for (let round = 0; round < 5000; round += 1) {
    const noise = crypto.getRandomValues(new Uint8Array(round % 200));
    expect(kindOf(noise)).not.toBe("accepted");
    expect(kindOf(answer([...GOOD.slice(0, 2), Buffer.from(noise).toString("latin1")]))).not.toBe("accepted");
  }
});
