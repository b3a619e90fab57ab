/** One message by SMTP. The library is loaded when the first one is sent. */
import type { Static } from "@sinclair/typebox";
import type { EmailSettings } from "../../protocol/api/security.ts";
import type { LanguageCode } from "../../protocol/languages.ts";
import { AppError } from "../../protocol/errors.ts";

/** A server that stands still holds a message no longer than this. */
const CONNECT_MS = 10_000;
const ANSWER_MS = 20_000;

export interface Message {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly language: LanguageCode;
}
export type Smtp = Omit<Static<typeof EmailSettings>, "version" | "hasPassword"> & { readonly password: string };

/** @throws {AppError} email.failed, with what the server said */
export async function sendBySmtp(smtp: Smtp, { language, ...message }: Message): Promise<void> {
  const { createTransport } = await import("nodemailer");
  const { host, port, encryption, username, password, from } = smtp;
  const transport = createTransport({
    host,
    port,
    secure: encryption === "tls",
    requireTLS: encryption === "starttls",
    ignoreTLS: encryption === "none",
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: ANSWER_MS,
    // Neither files nor addresses are ever read for a message.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(username === "" ? {} : { auth: { user: username, pass: password } }),
  });
  try {
    // RFC 3282, and RFC 3834: nobody's holiday reply comes back.
    const headers = { "Content-Language": language, "Auto-Submitted": "auto-generated" };
    await transport.sendMail({ from, headers, ...message });
  } catch (error) {
    throw new AppError("email.failed", `The mail server ${host} did not take the message: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    transport.close();
  }
}

/** What a mail server says may be long and of several lines. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `${text.replace(/\s+/gu, " ").slice(0, 300)}`;
}
