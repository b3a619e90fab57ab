/** A real SMTP server that keeps what it is given. */
import { SMTPServer } from "smtp-server";

export interface MailSink extends AsyncDisposable {
  readonly port: number;
  /** Whole messages, headers and all, as they came. */
  readonly messages: string[];
  /** Resolves with the next message that is not read yet. */
  next(): Promise<string>;
}

/** @param login user name and password it asks for; absent: it takes from anybody */
export async function openMailSink(login?: { readonly user: string; readonly pass: string }): Promise<MailSink> {
  const messages: string[] = [];
  let read = 0;
  const server = new SMTPServer({
    disabledCommands: login === undefined ? ["AUTH", "STARTTLS"] : ["STARTTLS"],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      const fits = username === login?.user && password === login?.pass;
      done(fits ? null : new Error("535 wrong"), fits ? { user: username } : undefined);
    },
    onData: (stream, _session, done) => {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => {
        messages.push(Buffer.concat(pieces).toString("utf8"));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    messages,
    async next() {
      while (messages.length <= read) await Bun.sleep(10);
      read += 1;
      return messages[read - 1]!;
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
