import { Nothing } from "../../protocol/api/common.ts";
import { SetUp } from "../../protocol/api/sign-in.ts";
import type { PresenceCodes } from "../appliance-administrators/presence-codes.ts";
import type { Tx } from "../database/database.ts";
import { type Route, route } from "../route.ts";
import type { Admission } from "../sign-in/admission.ts";
import { signInCookie } from "../sign-in/cookies.ts";
import { setUpSite, type SetUpNeeds } from "./set-up.ts";

export interface SetUpRoutesNeeds extends SetUpNeeds {
  readonly admission: Admission;
  /** Codes from the appliance's console, where set-up needs one; null: whoever comes first sets the site up. */
  readonly presenceCodes: PresenceCodes | null;
}

/** POST /api/set-up, which also signs the new administrator in. http.ts has it only while the site is not set up. */
export function setUpRoutes(needs: SetUpRoutesNeeds): Route[] {
  return [
    route(
      "POST",
      "/api/set-up",
      "anyone",
      { body: SetUp, response: Nothing, maxBodyBytes: 256 << 10 },
      async ({ body, address, request, headers }) => {
        const { presenceCode = "", ...wish } = body;
        const actor = { kind: "nobody", name: wish.username, address } as const;
        await needs.presenceCodes?.require(presenceCode, "site-set-up", address);
        const takeCode = async (tx: Tx) => needs.presenceCodes?.take(tx, presenceCode, "site-set-up");
        const representative = await setUpSite(needs, actor, wish, takeCode);
        const userAgent = (request.headers.get("user-agent") ?? "").slice(0, 300);
        const proved = { representative, area: "login", origin: { address, userAgent }, method: "password" } as const;
        const token = await needs.admission.admit(proved, async () => undefined);
        headers.append("set-cookie", signInCookie("login", token));
        return {};
      },
    ),
  ];
}
