/** What the program tells the person who runs it. One line each, on standard error. */
export interface Log {
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  /** `error` is written with its stack and causes; it never reaches a client. */
  error(message: string, error: unknown, facts?: Facts): void;
}
export type Facts = Readonly<Record<string, string | number | boolean | null>>;

/** Writes to a stream; every value is JSON, so that nothing a client sent can forge a line. */
export function createLog(write: (line: string) => void, now: () => Date): Log {
  const line = (level: string, message: string, facts: Facts = {}): void => {
    const words = Object.entries(facts).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    write([now().toISOString(), level, message, ...words].join(" "));
  };
  return {
    info: (message, facts) => line("info", message, facts),
    warn: (message, facts) => line("warn", message, facts),
    error: (message, error, facts) => line("error", message, { ...facts, error: describe(error) }),
  };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `; caused by ${describe(error.cause)}`;
  return `${error.stack ?? `${error.name}: ${error.message}`}${cause}`;
}
