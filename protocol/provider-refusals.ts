/**
 * Why an identity provider's answer was refused. Each code has two sentences: what it means, and what to do. They stand in
 * the provider's log, on the page the person sees, and in the result of a test.
 */
interface Words {
  readonly means: string;
  readonly doThis: string;
}
const words = (means: string, doThis: string): Words => ({ means, doThis });

const ASK_IDP = "Ask whoever runs the identity provider; its own log says what it sent.";
const IMPORT_METADATA = "Import the identity provider's metadata again.";
const GIVE_METADATA = "Give the identity provider this site's metadata again.";
const SIGN_IN_AGAIN = "Start again from the sign-in page.";

/** By code. */
export const providerRefusals = {
  // the message itself
  "message.too_large": words("The answer is larger than an answer may be.", ASK_IDP),
  "message.encoding": words("The answer is not base64 of UTF-8 text.", ASK_IDP),
  "message.characters": words("The answer holds control characters.", ASK_IDP),
  "message.declarations": words("The answer holds a DTD, a comment, CDATA or a processing instruction.", ASK_IDP),
  "message.too_deep": words("The answer is nested too deeply.", ASK_IDP),
  "message.too_many_elements": words("The answer has too many elements.", ASK_IDP),
  "message.not_xml": words("The answer is not well-formed XML.", ASK_IDP),
  "message.form": words("The form the browser brought is not a SAML answer.", SIGN_IN_AGAIN),
  // SAML: how it is built
  "structure.root": words("The answer is not a SAML 2.0 message of the expected kind.", ASK_IDP),
  "structure.ids": words("Two parts of the answer have one id, or an id is spelt in a way we do not take.", ASK_IDP),
  "structure.assertions": words("The answer does not hold exactly one assertion in its proper place.", ASK_IDP),
  "structure.signature": words("A signature stands in a place or has a shape we do not take.", ASK_IDP),
  "signature.algorithm": words(
    "The answer is signed with an algorithm that is not safe any more, or not known.",
    "Set the identity provider to RSA-SHA256 with exclusive canonicalization.",
  ),
  "signature.missing": words(
    "The answer is not signed.",
    "Set the identity provider to sign its responses or its assertions.",
  ),
  "signature.wrong": words(
    "The signature does not fit any of the identity provider's certificates we know, or the answer was altered.",
    IMPORT_METADATA,
  ),
  "encryption.algorithm": words(
    "The assertion is encrypted with an algorithm that is not allowed.",
    "Set the identity provider to AES-GCM with RSA-OAEP; AES-CBC is allowed by a switch of this provider.",
  ),
  "encryption.cbc_unsigned": words(
    "The assertion is encrypted with AES-CBC and the response around it is not signed, so it could have been altered.",
    "Set the identity provider to sign the whole response, or to AES-GCM.",
  ),
  "encryption.failed": words("The assertion does not open with this site's keys.", GIVE_METADATA),
  "encryption.required": words(
    "The assertion is not encrypted, and this provider is set to take only encrypted ones.",
    "Set the identity provider to encrypt, or change this provider's setting.",
  ),
  // SAML: what it says
  "status.failed": words("The identity provider says that the sign-in failed.", ASK_IDP),
  "issuer.wrong": words("The answer comes from another issuer than this provider's entity id.", IMPORT_METADATA),
  "destination.wrong": words("The answer was meant for another address than this site's.", GIVE_METADATA),
  "recipient.wrong": words("The assertion was meant for another address than this site's.", GIVE_METADATA),
  "audience.wrong": words("The assertion was meant for another application than this site.", GIVE_METADATA),
  "subject.unconfirmed": words("The assertion does not confirm its subject as a bearer with an end.", ASK_IDP),
  "assertion.expired": words(
    "The assertion has run out.",
    "Compare the clocks of this appliance and of the identity provider; a clock skew can be set.",
  ),
  "assertion.too_early": words(
    "The assertion does not hold yet.",
    "Compare the clocks of this appliance and of the identity provider; a clock skew can be set.",
  ),
  "assertion.incomplete": words("The assertion lacks a part that SAML 2.0 needs: conditions or statement.", ASK_IDP),
  "assertion.replayed": words("This assertion was used already.", SIGN_IN_AGAIN),
  "name_id.missing": words("The assertion names nobody.", "Set the identity provider to send a NameID."),
  "name_id.transient": words(
    "The assertion names the person by a name that changes with each sign-in.",
    "Set the identity provider to send a persistent NameID or an e-mail address.",
  ),
  "request.unknown": words("The answer belongs to no sign-in that this browser began here.", SIGN_IN_AGAIN),
  "request.other_browser": words("The answer belongs to a sign-in that another browser began.", SIGN_IN_AGAIN),
  "request.unasked": words(
    "The identity provider sent an answer nobody asked for, and this provider does not allow that.",
    "Start from the sign-in page, or allow sign-ins that begin at the identity provider.",
  ),
  "logout.unsigned": words(
    "The sign-out message is not signed.",
    "Set the identity provider to sign its sign-out messages.",
  ),
  // OIDC
  "oidc.refused": words("The identity provider refused the sign-in.", ASK_IDP),
  "oidc.invalid": words("The identity provider's answer or token is not valid.", ASK_IDP),
  "oidc.too_large": words("The identity provider's answer is larger than an answer may be.", ASK_IDP),
  "oidc.clock": words(
    "The identity provider's token has run out, or does not hold yet.",
    "Compare the clocks of this appliance and of the identity provider; a clock skew can be set.",
  ),
  "oidc.claims": words("The identity provider's token lacks a subject.", ASK_IDP),
  "provider.unreachable": words(
    "The identity provider did not answer.",
    "Check its address, this appliance's network and DNS, and try again.",
  ),
  "provider.off": words("This provider is switched off.", "Choose another way to sign in."),
  // LDAP
  "ldap.credentials": words("The user name or the password is not right.", "Type them again."),
  "ldap.bind": words(
    "The directory does not take this provider's own account.",
    "Check the bind name and password of this provider.",
  ),
  "ldap.ambiguous": words(
    "More than one entry of the directory has this user name.",
    "Narrow the base of the search, or choose another attribute for user names.",
  ),
  "ldap.certificate": words(
    "The directory's certificate is not trusted.",
    "Add the authority that signed it to this provider.",
  ),
  // the account
  "account.name_missing": words(
    "The provider gave no usable user name.",
    "Check which attribute is the user name in this provider's mapping.",
  ),
  "account.name_taken": words(
    "An account of this name exists already and does not belong to this provider. It was not taken over.",
    "Rename or delete that account, or map another attribute to the user name.",
  ),
  "account.unknown": words(
    "There is no account for this person, and this provider does not create accounts.",
    "Create the account by the provider's synchronization, or allow this provider to create accounts.",
  ),
} as const;

/** A code of these. */
export type RefusalReason = keyof typeof providerRefusals;
