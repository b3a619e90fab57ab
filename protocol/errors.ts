/**
 * The codes by which a program, not a person, tells errors apart. A code never changes its meaning; a message may.
 * Every refusal on the wire and in the HTTP API is `{ code, message }`.
 */
export const errorCodes = [
  // asked wrongly
  "request.invalid",
  "request.too_large",
  "request.conflict",
  "request.stale",
  "request.too_many",
  "not_found",
  "message.malformed",
  "message.unknown",
  "message.wrong_sender",
  "message.invalid",
  "protocol.out_of_order",
  // who is asking
  "sign_in.required",
  "sign_in.failed",
  "sign_in.locked",
  "sign_in.throttled",
  "sign_in.foreign_origin",
  "sign_in.step_expired",
  "sign_in.second_proof_failed",
  "sign_in.proof_required",
  "sign_in.outside_schedule",
  "sign_in.account_expired",
  "sign_in.too_many",
  "sign_in.method_closed",
  "sign_in.provider_refused",
  "sign_in.provider_unreachable",
  "network.refused",
  "passkey.refused",
  "passkey.too_many",
  "password.too_weak",
  "password.used_before",
  "reset_link.invalid",
  "presence_code.invalid",
  "set_up.required",
  "set_up.done",
  "console.disabled",
  "permission.denied",
  "permission.not_held",
  "api.unauthorized",
  // the endpoint
  "agent.offline",
  "agent.timeout",
  "agent.unsupported",
  "agent.unknown",
  "agent.bad_signature",
  "agent.wrong_site",
  "installer.invalid",
  "installer.expired",
  "installer.used_up",
  "ticket.invalid",
  // a support session
  "session.unknown",
  "session.ended",
  "session.not_participant",
  // before a start
  "start.schedule_closed",
  "start.ticket_required",
  "start.ticket_refused",
  "start.end_user_proof_required",
  "start.approval_required",
  "start.already_in_session",
  "consent.refused",
  "channel.unknown",
  "channel.revoked",
  "channel.lost",
  "channel.overflow",
  "display.none",
  "display.lost",
  "shell.unknown",
  "shell.failed",
  // files
  "file.not_found",
  "file.exists",
  "file.denied",
  "file.read_only",
  "file.no_space",
  "file.not_directory",
  "file.is_directory",
  "file.not_empty",
  "file.name_invalid",
  "file.name_too_long",
  "file.changed",
  "file.hash_mismatch",
  "file.in_use",
  "file.link_refused",
  "file.not_regular",
  "file.io",
  "transfer.unknown",
  "transfer.cancelled",
  "clipboard.too_large",
  // ourselves
  "certificate.invalid",
  "provider.invalid",
  "email.failed",
  "storage.full",
  "data.newer",
  // the appliance
  "system.unavailable",
  "system.failed",
  "network.invalid",
  "network.trial_running",
  "update.invalid",
  "update.foreign",
  "update.older",
  "update.running",
  "backup.invalid",
  "backup.wrong_passphrase",
  "backup.unreachable",
  "standby.refused",
  "syslog.failed",
  "internal",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** What a refusal looks like on the wire. `message` says what happened, what it means and what to do. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The one error class of the product. Its `message` is public: it names no secret and no path of ours. */
export class AppError extends Error {
  override readonly name = "AppError";
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
