import { Nothing } from "../../protocol/api/common.ts";
import { SetUp } from "../../protocol/api/sign-in.ts";
import { type Route, route } from "../route.ts";
import type { Admission } from "../sign-in/admission.ts";
import { signInCookie } from "../sign-in/cookies.ts";
import { setUpSite, type SetUpNeeds } from "./set-up.ts";

/** POST /api/set-up, which also signs the new administrator in. http.ts has it only while the site is not set up. */
export function setUpRoutes(needs: SetUpNeeds & { readonly admission: Admission }): Route[] {
  return [
    route(
      "POST",
      "/api/set-up",
      "anyone",
      { body: SetUp, response: Nothing, maxBodyBytes: 256 << 10 },
      async ({ body, address, request, headers }) => {
        const representative = await setUpSite(needs, { kind: "nobody", name: body.username, address }, body);
        const userAgent = (request.headers.get("user-agent") ?? "").slice(0, 300);
        const proved = { representative, area: "login", origin: { address, userAgent }, method: "password" } as const;
        const token = await needs.admission.admit(proved, async () => undefined);
        headers.append("set-cookie", signInCookie("login", token));
        return {};
      },
    ),
  ];
}
