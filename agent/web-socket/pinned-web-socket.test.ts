import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createHash, X509Certificate } from "node:crypto";
import net from "node:net";
import tls from "node:tls";
import { makeCertificate, type TestCertificate } from "../test/certificates.ts";
import { PinnedWebSocket, type PinnedWebSocketEnd } from "./pinned-web-socket.ts";

setDefaultTimeout(30_000);
const MAX_BYTES = 1 << 20;
let certificate: TestCertificate;
let echo: Bun.Server<undefined>;

beforeAll(() => {
  certificate = makeCertificate({ isExpired: true });
  echo = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: { key: certificate.key, cert: certificate.cert },
    fetch: (request, server) =>
      server.upgrade(request, { data: undefined }) ? undefined : new Response(null, { status: 400 }),
    websocket: {
      maxPayloadLength: MAX_BYTES,
      backpressureLimit: 64 << 20,
      message: (socket, bytes) => {
        if (bytes.length === 1) socket.close(4000, "replaced");
        else socket.send(bytes);
      },
    },
  });
});
afterAll(() => echo.stop(true));

/** Dials and tells what happened. */
function dial(port: number, pinned = certificate, timeoutMs = 5000) {
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<PinnedWebSocketEnd>();
  const messages: Uint8Array[] = [];
  let wake = (): void => undefined;
  const options = {
    url: new URL(`https://127.0.0.1:${port}/gateway/agent`),
    certificate: new Uint8Array(new X509Certificate(pinned.cert).raw),
    timeoutMs,
    maxMessageBytes: MAX_BYTES,
  };
  const socket = new PinnedWebSocket(options, {
    onOpen: opened.resolve,
    onMessage: (bytes) => {
      messages.push(bytes.slice());
      wake();
    },
    onClose: closed.resolve,
  });
  const received = async (count: number): Promise<void> => {
    while (messages.length < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { socket, opened: opened.promise, closed: closed.promise, messages, received };
}

/** A TLS server that says what it is told to, and keeps every byte it hears. */
async function scripted(
  shown: TestCertificate,
  answer: (heard: string) => Buffer | null,
  maxVersion: tls.SecureVersion = "TLSv1.3",
) {
  const heard: Buffer[] = [];
  const accepted: tls.TLSSocket[] = [];
  const server = tls.createServer({ key: shown.key, cert: shown.cert, maxVersion }, (peer) => {
    accepted.push(peer);
    peer.on("error", () => peer.destroy());
    peer.on("data", (bytes: Buffer) => {
      heard.push(bytes);
      const words = answer(Buffer.concat(heard).toString("latin1"));
      if (words !== null) peer.write(words);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    for (const peer of accepted) peer.destroy();
    server.close();
  };
  const { port } = server.address() as net.AddressInfo;
  return { port, heard, accepted, [Symbol.dispose]: close };
}

/** Somebody in the middle who hands on what both say, and may change what the server does. */
async function forwarding(port: number, change: (fromServer: Buffer) => void) {
  const sockets: net.Socket[] = [];
  const server = net.createServer((client) => {
    const upstream = net.connect(port, "127.0.0.1");
    sockets.push(client, upstream);
    for (const one of [client, upstream]) one.on("error", () => one.destroy());
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    client.on("data", (bytes) => upstream.write(bytes));
    upstream.on("data", (bytes: Buffer) => {
      change(bytes);
      client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    for (const one of sockets) one.destroy();
    server.close();
  };
  return { port: (server.address() as net.AddressInfo).port, [Symbol.dispose]: close };
}

/** Changes the last bit of a ServerKeyExchange (RFC 5246, section 7.4.3), where its signature ends. */
function spoilSignature(records: Buffer): void {
  const [handshake, keyExchange] = [22, 12];
  for (let at = 0; at + 5 <= records.length; at += 5 + records.readUInt16BE(at + 3)) {
    const end = at + 5 + records.readUInt16BE(at + 3);
    for (let message = at + 5; records[at] === handshake && message < end;) {
      const next = message + 4 + records.readUIntBE(message + 1, 3);
      if (records[message] === keyExchange) records[next - 1]! ^= 1;
      message = next;
    }
  }
}

/** The answer that opens a WebSocket, with the first frames right behind it. */
function opening(frames: readonly number[]): (heard: string) => Buffer | null {
  let isDone = false;
  return (heard) => {
    const key = /Sec-WebSocket-Key: (\S+)/.exec(heard)?.[1];
    if (key === undefined || isDone) return null;
    isDone = true;
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    const fields = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}`;
    return Buffer.concat([
      Buffer.from(`HTTP/1.1 101 Switching Protocols\r\n${fields}\r\n\r\n`),
      Uint8Array.from(frames),
    ]);
  };
}

test("messages of every length cross whole and in order, both ways, past a certificate that has run out", async () => {
  const { socket, opened, received, messages, closed } = dial(echo.port!);
  await opened;
  const lengths = [2, 125, 126, 65_535, 65_536, MAX_BYTES];
  const sent = Array.from({ length: 48 }, (_, at) => new Uint8Array(lengths[at % lengths.length]!).fill(at));
  for (const message of sent) socket.send(message);
  await received(sent.length);
  for (const [at, message] of sent.entries()) expect(Buffer.compare(messages[at]!, message)).toBe(0);
  socket.close();
  expect(await closed).toEqual({ reason: "closed by the agent", isOtherCertificate: false });
});

test("the server's reason for closing is told", async () => {
  const { socket, opened, closed } = dial(echo.port!);
  await opened;
  socket.send(Uint8Array.of(1));
  expect((await closed).reason).toBe("replaced");
});

test("NA14 whoever shows another certificate hears not one byte", async () => {
  for (const isExpired of [true, false]) {
    using stranger = await scripted(makeCertificate({ isExpired }), () => null);
    const { closed } = dial(stranger.port);
    expect((await closed).isOtherCertificate).toBe(true);
    await Bun.sleep(20);
    expect(stranger.heard).toEqual([]);
  }
});

test("NA14 whoever shows the right certificate without having its key hears not one byte", async () => {
  // TLS 1.2, in which the server signs its part of the key exchange in the clear, so that somebody between can spoil it.
  using owner = await scripted(certificate, () => null, "TLSv1.2");
  using thief = await forwarding(owner.port, spoilSignature);
  const { closed } = dial(thief.port);
  expect(await closed).toMatchObject({
    reason: expect.stringContaining("the TLS handshake failed"),
    isOtherCertificate: false,
  });
  expect(owner.heard).toEqual([]);
  using honest = await forwarding(owner.port, () => undefined);
  void dial(honest.port, certificate, 1000);
  while (owner.heard.length === 0) await Bun.sleep(5);
});

test("a frame right behind the answer is read, a ping is answered, and text ends the connection", async () => {
  using server = await scripted(certificate, opening([0x82, 2, 5, 6, 0x89, 1, 0x2a]));
  const { opened, messages, received, closed } = dial(server.port);
  await opened;
  await received(1);
  expect([...messages[0]!]).toEqual([5, 6]);
  const pong = await lastFrame(server.heard, 7);
  expect(pong[0]).toBe(0x8a);
  expect(pong[6]! ^ pong[2]!).toBe(0x2a);
  server.accepted[0]!.write(Uint8Array.of(0x81, 1, 65));
  const goodbye = await lastFrame(server.heard, 8);
  expect(goodbye[0]).toBe(0x88);
  expect(((goodbye[6]! ^ goodbye[2]!) << 8) | (goodbye[7]! ^ goodbye[3]!)).toBe(1003);
  server.accepted[0]!.destroy();
  expect((await closed).reason).toBe("the server sent text");
});

/** The last frame heard, once it has that many bytes. */
async function lastFrame(heard: readonly Buffer[], byteCount: number): Promise<Buffer> {
  for (;;) {
    const last = heard.at(-1);
    if (last?.length === byteCount) return last;
    await Bun.sleep(5);
  }
}

test("a server that is not ours, is mute or breaks off is told apart", async () => {
  using teapot = await scripted(certificate, (heard) =>
    heard.includes("\r\n\r\n") ? Buffer.from("HTTP/1.1 418 I'm a teapot\r\n\r\n") : null,
  );
  expect((await dial(teapot.port).closed).reason).toContain("418");
  using mute = await scripted(certificate, () => null);
  expect((await dial(mute.port, certificate, 200).closed).reason).toBe("the server took too long to answer");
  const cut = dial(echo.port!);
  await cut.opened;
  cut.socket.close();
  cut.socket.close();
  await cut.closed;
  const nobody = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = nobody;
  nobody.stop(true);
  expect((await dial(port).closed).isOtherCertificate).toBe(false);
});

test("NA14 to a server that does not speak TLS nothing is said but the TLS greeting", async () => {
  const heard: number[] = [];
  const answers = ["HTTP/1.1 101 Switching Protocols\r\n\r\n", "\x15\x03\x01\x00\x02\x02\x28", ""];
  for (const answer of answers) {
    const plain = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data: (peer, bytes) => {
          heard.push(bytes[0]!);
          peer.end(Buffer.from(answer, "latin1"));
        },
      },
    });
    expect((await dial(plain.port).closed).isOtherCertificate).toBe(false);
    plain.stop(true);
  }
  // 22: a TLS handshake record (RFC 8446, section 5.1).
  expect(heard).toEqual(answers.map(() => 22));
});

test("NA1 whatever a server sends once it is open, the client neither throws nor stays", async () => {
  for (let round = 0; round < 40; round += 1) {
    const noise = [...crypto.getRandomValues(new Uint8Array(200))];
    using server = await scripted(certificate, opening([0xff, ...noise]));
    const { closed } = dial(server.port);
    const reply = closed.then(({ reason }) => reason);
    await lastFrame(server.heard, 8);
    server.accepted[0]!.destroy();
    expect(await reply).toContain("broke the WebSocket protocol");
  }
});
