/** One connection to a receiver. It tells of its end by rejecting what is sent; whoever sends decides when to dial again. */
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { SyslogSettings } from "../../protocol/api/appliance/services.ts";
import { AppError } from "../../protocol/errors.ts";
import { counted } from "./syslog-message.ts";

const CONNECT_MS = 10_000;
const SEND_MS = 20_000;

export interface SyslogConnection extends Disposable {
  /** Resolves when the system has taken all of it. @throws {AppError} syslog.failed */
  send(messages: readonly Uint8Array[]): Promise<void>;
  /** Whether it can still be sent by. */
  isOpen(): boolean;
}

/** @throws {AppError} syslog.failed, in words for the administrator */
export async function connectSyslog(settings: SyslogSettings): Promise<SyslogConnection> {
  return settings.transport === "udp" ? await openDatagrams(settings) : await openStream(settings);
}

async function openStream(settings: SyslogSettings): Promise<SyslogConnection> {
  const { host, port, transport, authorityPem } = settings;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const authority = authorityPem === "" ? {} : { ca: authorityPem };
  const socket: Socket =
    transport === "tls"
      ? connectTls({ host, port, servername: host, rejectUnauthorized: true, ...authority }, resolve)
      : connectTcp({ host, port }, resolve);
  let problem: Error | null = null;
  let fail: (error: Error) => void = reject;
  const ended = (error?: Error): void => {
    problem ??= error ?? new Error("the receiver closed the connection");
    fail(problem);
  };
  socket.on("error", ended);
  socket.on("close", () => ended());
  // A receiver says nothing; whatever it does say is let go by.
  socket.on("data", () => undefined);
  try {
    await within(promise, CONNECT_MS);
  } catch (error) {
    socket.destroy();
    throw failed(settings, error);
  }
  return {
    isOpen: () => problem === null,
    async send(messages) {
      const { promise: sent, resolve: taken, reject: lost } = Promise.withResolvers<void>();
      fail = lost;
      try {
        if (problem !== null) throw problem;
        socket.write(Buffer.concat(messages.map(counted)), () => taken());
        await within(sent, SEND_MS);
        // What was written may lie with the system while the other end is gone already.
        if (problem !== null) throw problem;
      } catch (error) {
        socket.destroy();
        throw failed(settings, error);
      } finally {
        fail = () => undefined;
      }
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

async function openDatagrams(settings: SyslogSettings): Promise<SyslogConnection> {
  const { host, port } = settings;
  const socket: DatagramSocket = createSocket(host.includes(":") ? "udp6" : "udp4");
  socket.on("error", () => undefined);
  const sendOne = (message: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) =>
      socket.send(message, port, host, (error) => (error === null || error === undefined ? resolve() : reject(error))),
    );
  return {
    isOpen: () => true,
    async send(messages) {
      try {
        for (const message of messages) await within(sendOne(message), SEND_MS);
      } catch (error) {
        throw failed(settings, error);
      }
    },
    [Symbol.dispose]: () => void socket.close(),
  };
}

async function within<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds / 1000} s`)), milliseconds);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function failed({ host, port }: SyslogSettings, cause: unknown): AppError {
  const why = cause instanceof Error ? cause.message : "it failed";
  return new AppError(
    "syslog.failed",
    `${host}:${port} does not take syslog messages: ${why}. What is not sent waits; look at the receiver and its firewall.`,
    { cause },
  );
}
