/** What the audit log says of the newest event of a kind. */
import type { TestBrowser } from "./test-browser.ts";

interface Row {
  readonly action: string;
  readonly objectName: string;
  readonly detail: Record<string, unknown>;
}

/** @throws {Error} when there is none */
export async function lastAudit(administrator: TestBrowser, action: string): Promise<Row> {
  const { rows } = await administrator.json<{ rows: Row[] }>("GET", `/api/login/audit?action=${action}&limit=1`);
  const [row] = rows;
  if (row === undefined) throw new Error(`no audit event ${action}`);
  return row;
}
