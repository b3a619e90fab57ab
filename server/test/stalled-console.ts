/** A console that signs on, asks for one thing, and then reads nothing more: a WebSocket by hand over a TLS socket. */
import { connect, type TLSSocket } from "node:tls";
import { CONTROL_CHANNEL, encodeFrame, FrameKind } from "../../protocol/frame.ts";
import { CONSOLE_SOCKET_PATH } from "../../protocol/hello.ts";
import { encodeMessage } from "../../protocol/parse.ts";
import type { AnyMessage } from "./scripted-socket.ts";
import type { TestBrowser } from "./test-browser.ts";

export class StalledConsole implements Disposable {
  private constructor(readonly socket: TLSSocket) {}

  static async open(browser: TestBrowser): Promise<StalledConsole> {
    const { ticket } = await browser.json<{ ticket: string }>("POST", "/api/console/socket-ticket", {});
    const { port, host } = new URL(browser.url);
    const socket = connect({ host: "127.0.0.1", port: Number(port), rejectUnauthorized: false });
    await new Promise<void>((resolve) => socket.once("secureConnect", () => resolve()));
    const key = Buffer.alloc(16, 7).toString("base64");
    socket.write(
      `GET ${CONSOLE_SOCKET_PATH} HTTP/1.1\r\nhost: ${host}\r\norigin: ${browser.url}\r\nconnection: Upgrade\r\n` +
        `upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
    );
    await new Promise<void>((resolve) => socket.once("data", () => resolve()));
    const console = new StalledConsole(socket);
    console.send({ type: "console.hello", protocol: 1, ticket });
    await Bun.sleep(200);
    return console;
  }

  /** RFC 6455, 5.2: one masked binary frame; a mask of zeros leaves the bytes as they are. */
  send(message: AnyMessage): void {
    const frame = encodeFrame(FrameKind.control, CONTROL_CHANNEL, encodeMessage(message));
    const length = frame.length < 126 ? [0x80 | frame.length] : [0x80 | 126, frame.length >> 8, frame.length & 255];
    this.socket.write(Buffer.from([0x82, ...length, 0, 0, 0, 0, ...frame]));
  }

  /** From now on it takes nothing. */
  stall(): void {
    this.socket.pause();
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
