/** A datagram socket as systemd has one for a service it starts, by python3: what a serving program tells its manager. */

/** Prints each message as a line of JSON. */
const SINK = `
import json, socket, sys
name = sys.argv[1]
sink = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sink.bind("\\0" + name[1:] if name.startswith("@") else name)
print(json.dumps("bound"), flush=True)
while True:
    print(json.dumps(sink.recv(4096).decode()), flush=True)
`;

/** What came to the socket; disposing ends it. */
export interface NotifySink extends AsyncDisposable {
  /** The next message. @throws {Error} when the sink has ended */
  next(): Promise<string>;
  /** The next message that is no sign of life. */
  nextWord(): Promise<string>;
}

/** @param address a path, or `@name` for Linux's abstract namespace */
export async function openNotifySink(address: string): Promise<NotifySink> {
  const child = Bun.spawn(["python3", "-c", SINK, address], { stdout: "pipe", stderr: "inherit" });
  const reader = child.stdout.getReader();
  let text = "";
  const next = async (): Promise<string> => {
    while (!text.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error("the sink ended");
      text += new TextDecoder().decode(value);
    }
    const end = text.indexOf("\n");
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    return JSON.parse(line) as string;
  };
  if ((await next()) !== "bound") throw new Error("the sink is not bound");
  return {
    next,
    async nextWord() {
      for (;;) {
        const word = await next();
        if (word !== "WATCHDOG=1") return word;
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
    },
  };
}
