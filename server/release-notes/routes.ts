import { KnownReleases } from "../../protocol/release-notes.ts";
import { type Route, route } from "../route.ts";

/** /api/login/release-notes: what is new in the program that runs, and in those before it. @param needs.version the program's */
export function releaseNotesRoutes({ version }: { readonly version: string }): Route[] {
  return [
    route("GET", "/api/login/release-notes", "settings.view", { response: KnownReleases }, async () => {
      // A start that nobody follows with the question does not read the list.
      const { knownReleases } = await import("./known-releases.ts");
      return knownReleases(version);
    }),
  ];
}
