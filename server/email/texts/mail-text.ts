/** What the site's messages say, in each language. */

export interface MailText {
  readonly subject: string;
  /** Plain text, lines of at most about 76 letters. */
  readonly text: string;
}

/** What is told of the appliance. */
export interface ApplianceNews {
  readonly siteName: string;
  /** Its pages. */
  readonly url: string;
  /** One a line, in English as the appliance keeps them. */
  readonly lines: readonly string[];
}

/** How many recovery codes somebody has now. */
export interface RecoveryCodesNews {
  readonly siteName: string;
  readonly username: string;
  readonly count: number;
}

/** Everything the site sends by e-mail. */
export interface MailTexts {
  /** By which somebody sets a new password without the old one. */
  resetLink(values: { readonly siteName: string; readonly username: string; readonly url: string }): MailText;
  /** Whether e-mail works. @param values.sender the administrator who tries it */
  testMessage(values: { readonly siteName: string; readonly sender: string }): MailText;
  /** Ten new ones, in place of those before. */
  recoveryCodesMade(values: RecoveryCodesNews): MailText;
  /** Somebody signed in with one. */
  recoveryCodeUsed(values: RecoveryCodesNews): MailText;
  /** Something of the appliance wants a person. */
  applianceAlert(values: ApplianceNews): MailText;
  /** Nothing does: the word of each day. */
  allWell(values: ApplianceNews): MailText;
}
