/** One HTTP request byte by byte over TLS, for what no client library would send. */

/** The server's whole answer to `head` (request line and headers, without the blank line) and `body`. */
export async function rawRequest(port: number, head: string, body: string | Uint8Array = ""): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const decoder = new TextDecoder();
  let answer = "";
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    tls: { rejectUnauthorized: false },
    socket: {
      handshake(connected) {
        connected.write(`${head}\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
        connected.write(body);
      },
      data(_socket, bytes) {
        answer += decoder.decode(bytes, { stream: true });
      },
      close: () => resolve(answer),
      error: (_socket, error) => reject(error),
    },
  });
  try {
    return await promise;
  } finally {
    socket.end();
  }
}
