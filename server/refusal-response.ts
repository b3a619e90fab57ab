/** Errors as HTTP answers: `{ code, message }` and nothing that was sent to us. */
import { AppError, type ErrorCode, type Refusal } from "../protocol/errors.ts";

/** The status of every code there is; a new code does not compile without one. */
const statuses: Readonly<Record<ErrorCode, number>> = {
  "request.invalid": 400,
  "request.too_large": 413,
  "request.conflict": 409,
  "request.stale": 409,
  "request.too_many": 429,
  not_found: 404,
  "message.malformed": 400,
  "message.unknown": 400,
  "message.wrong_sender": 400,
  "message.invalid": 400,
  "protocol.out_of_order": 400,
  "sign_in.required": 401,
  "sign_in.failed": 401,
  "sign_in.locked": 423,
  "sign_in.throttled": 429,
  "sign_in.foreign_origin": 403,
  "password.too_weak": 422,
  "sign_in.step_expired": 401,
  "sign_in.second_proof_failed": 401,
  "sign_in.proof_required": 403,
  "sign_in.outside_schedule": 403,
  "sign_in.account_expired": 403,
  "sign_in.too_many": 409,
  "sign_in.method_closed": 403,
  "sign_in.provider_refused": 403,
  "sign_in.provider_unreachable": 502,
  "network.refused": 403,
  "passkey.refused": 400,
  "passkey.too_many": 409,
  "password.used_before": 400,
  "reset_link.invalid": 400,
  "presence_code.invalid": 403,
  "set_up.required": 409,
  "set_up.done": 404,
  "console.disabled": 403,
  "permission.denied": 403,
  "permission.not_held": 403,
  "api.unauthorized": 401,
  "agent.offline": 503,
  "agent.timeout": 504,
  "agent.unsupported": 409,
  "agent.unknown": 404,
  "agent.bad_signature": 403,
  "agent.wrong_site": 403,
  "installer.invalid": 404,
  "installer.expired": 410,
  "installer.used_up": 410,
  "ticket.invalid": 403,
  "session.unknown": 404,
  "session.ended": 410,
  "session.not_participant": 403,
  "start.schedule_closed": 409,
  "start.ticket_required": 409,
  "start.ticket_refused": 409,
  "start.end_user_proof_required": 409,
  "start.approval_required": 409,
  "start.already_in_session": 409,
  "consent.refused": 403,
  "channel.unknown": 404,
  "channel.revoked": 403,
  "channel.lost": 503,
  "channel.overflow": 429,
  "display.none": 409,
  "display.lost": 503,
  "shell.unknown": 404,
  "shell.failed": 500,
  "file.not_found": 404,
  "file.exists": 409,
  "file.denied": 403,
  "file.read_only": 403,
  "file.no_space": 507,
  "file.not_directory": 409,
  "file.is_directory": 409,
  "file.not_empty": 409,
  "file.name_invalid": 422,
  "file.name_too_long": 422,
  "file.changed": 409,
  "file.hash_mismatch": 422,
  "file.in_use": 409,
  "file.link_refused": 403,
  "file.not_regular": 409,
  "file.io": 500,
  "transfer.unknown": 404,
  "transfer.cancelled": 410,
  "clipboard.too_large": 413,
  "certificate.invalid": 422,
  "provider.invalid": 400,
  "email.failed": 502,
  "storage.full": 507,
  "data.newer": 409,
  "system.unavailable": 503,
  "system.failed": 502,
  "network.invalid": 422,
  "network.trial_running": 409,
  "update.invalid": 422,
  "update.foreign": 403,
  "update.older": 409,
  "update.running": 409,
  "backup.invalid": 422,
  "backup.wrong_passphrase": 403,
  "backup.unreachable": 502,
  "standby.refused": 409,
  "syslog.failed": 502,
  internal: 500,
};

/** Our own failure, told without a word about its inside. */
export const internalRefusal: Refusal = {
  code: "internal",
  message: "The server failed at this. It has written down why; nothing was changed.",
};

/** The refusal an error stands for; `null` for one that is our own failure. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  if (error instanceof Error && (error as { code?: unknown }).code === "SQLITE_FULL")
    return {
      code: "storage.full",
      message: "The appliance's disk is full. Nothing was changed. Free some space first.",
    };
  return null;
}

/** A refusal as a response. */
export function refusalResponse({ code, message }: Refusal, headers = new Headers()): Response {
  return Response.json({ code, message }, { status: statuses[code], headers });
}

/** The answer to an address we do not know; always the same bytes. */
export const notFound = (): Refusal => ({ code: "not_found", message: "There is nothing at this address." });
