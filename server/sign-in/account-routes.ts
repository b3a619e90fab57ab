/** One's own account, in both areas: its names, its proofs, and proving again who sits there. */
import type { Static } from "@sinclair/typebox";
import { type Actor, deciding } from "../actor.ts";
import { Nothing } from "../../protocol/api/common.ts";
import {
  AddPasskey,
  AuthenticatorAppSecret,
  ChangeOwnAccount,
  ConfirmAuthenticatorApp,
  OwnProofs,
  ProveAgain,
  RecoveryCodes,
  RenamePasskey,
  WebAuthnOptions,
} from "../../protocol/api/own-account.ts";
import { Account, type Area, ChangePassword } from "../../protocol/api/sign-in.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Clock } from "../clock.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { permissionsOf } from "../policy/permissions-of.ts";
import { type Route, route } from "../route.ts";
import type { SignInParts } from "./open-sign-in.ts";
import type { SignIns } from "./sign-ins.ts";

/** A credential with its attestation. */
const MAX_CREDENTIAL_BYTES = 256 << 10;

export interface AccountRoutesNeeds extends SignInParts {
  readonly clock: Clock;
  readonly policyBook: PolicyBook;
  readonly signIns: SignIns;
  readonly version: string;
}

export function accountRoutes(needs: AccountRoutesNeeds): Route[] {
  return (["login", "console"] as const).flatMap((area) => [
    ...ownRoutes(area, needs),
    ...passkeyRoutes(area, needs),
    ...appRoutes(area, needs),
  ]);
}

function ownRoutes(area: Area, needs: AccountRoutesNeeds): Route[] {
  const path = `/api/${area}/account` as const;
  return [
    route("GET", path, "signed-in", { response: Account }, ({ actor }) => account(needs, actor)),
    route("PATCH", path, "signed-in", { body: ChangeOwnAccount, response: Account }, async ({ actor, body }) => {
      await needs.ownAccount.change(actor, body);
      return await account(needs, actor);
    }),
    route("GET", `${path}/proofs`, "signed-in", { response: OwnProofs }, ({ actor }) => needs.ownAccount.proofs(actor)),
    route(
      "POST",
      `${path}/proof`,
      "signed-in",
      { body: ProveAgain, response: Nothing, maxBodyBytes: MAX_CREDENTIAL_BYTES },
      async ({ actor, body }) => {
        await needs.ownAccount.proveAgain(actor, body);
        return {};
      },
    ),
    route("PUT", `${path}/password`, "signed-in", { body: ChangePassword, response: Nothing }, async (asked) => {
      needs.failedSignIns.throttle(asked.actor.username, asked.address);
      await needs.passwords.changeOwn(asked.actor, asked.body.currentPassword, asked.body.newPassword);
      return {};
    }),
  ];
}

function passkeyRoutes(area: Area, { passkeys, signIns }: AccountRoutesNeeds): Route[] {
  const path = `/api/${area}/account/passkeys` as const;
  return [
    route("POST", `${path}/options`, "signed-in", { response: WebAuthnOptions }, async ({ actor }) => {
      await signIns.requireProof(actor);
      return { options: await passkeys.beginAdding(actor) };
    }),
    route(
      "POST",
      path,
      "signed-in",
      { body: AddPasskey, response: Nothing, maxBodyBytes: MAX_CREDENTIAL_BYTES },
      async ({ actor, body }) => {
        await signIns.requireProof(actor);
        await passkeys.add(actor, body.name, body.credential);
        return {};
      },
    ),
    route(
      "PATCH",
      `${path}/:id`,
      "signed-in",
      { body: RenamePasskey, response: Nothing },
      async ({ actor, params, body }) => {
        await passkeys.rename(actor, params["id"]!, body.name);
        return {};
      },
    ),
    route("DELETE", `${path}/:id`, "signed-in", { response: Nothing }, async ({ actor, params }) => {
      await signIns.requireProof(actor);
      await passkeys.remove(actor, params["id"]!);
      return {};
    }),
  ];
}

function appRoutes(area: Area, { authenticatorApps, recoveryCodes, signIns }: AccountRoutesNeeds): Route[] {
  const path = `/api/${area}/account/authenticator-app` as const;
  return [
    route("POST", path, "signed-in", { response: AuthenticatorAppSecret }, async ({ actor }) => {
      await signIns.requireProof(actor);
      return await authenticatorApps.begin(actor);
    }),
    route("PUT", path, "signed-in", { body: ConfirmAuthenticatorApp, response: Nothing }, async ({ actor, body }) => {
      await signIns.requireProof(actor);
      await authenticatorApps.confirm(actor, body.code);
      return {};
    }),
    route("DELETE", path, "signed-in", { response: Nothing }, async ({ actor }) => {
      await signIns.requireProof(actor);
      await authenticatorApps.remove(actor);
      return {};
    }),
    route(
      "POST",
      `/api/${area}/account/recovery-codes`,
      "signed-in",
      { response: RecoveryCodes },
      async ({ actor }) => {
        await signIns.requireProof(actor);
        return { codes: await recoveryCodes.make(actor) };
      },
    ),
  ];
}

async function account(needs: AccountRoutesNeeds, actor: Actor): Promise<Static<typeof Account>> {
  const { clock, policyBook, signIns, ownAccount, version } = needs;
  const signedIn = await signIns.findBySignIn(actor.signIn, actor.area, actor.address);
  if (signedIn === null) throw new AppError("sign_in.required", "You have signed out.");
  const { displayName, publicName, email, language, provider } = await ownAccount.read(actor);
  return {
    id: actor.id,
    username: actor.username,
    displayName,
    publicName,
    email,
    language,
    isLocal: provider === "local",
    serverVersion: version,
    isAdministrator: actor.rights.isAdministrator,
    permissions: permissionsOf(deciding(actor), policyBook.current(), clock.now()),
    signedInAt: signedIn.signedInAt,
    lastSignInAt: signedIn.previousSignInAt,
    idleSignOutMinutes: signedIn.idleSignOutMinutes,
    signInEndsAt: signedIn.endsAt,
  };
}
