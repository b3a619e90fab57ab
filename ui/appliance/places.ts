/** The pages of /appliance, in the order of the strip: one line each. A place without a component shows no tab. */
import type { Component } from "svelte";
import BackupsPage from "./backups/BackupsPage.svelte";
import AccessPage from "./access/AccessPage.svelte";
import CertificatesPage from "./certificates/CertificatesPage.svelte";
import NetworkPage from "./network/NetworkPage.svelte";
import type { PageProps } from "./page-props.ts";
import StatusPage from "./status/StatusPage.svelte";
import StoragePage from "./storage/StoragePage.svelte";
import SupportPage from "./support/SupportPage.svelte";
import UpdatesPage from "./updates/UpdatesPage.svelte";

export interface Place {
  readonly path: string;
  readonly title: string;
  readonly page: Component<PageProps> | null;
}

/** A page that does not ask who looks at it. */
const forAnybody = (page: Component<Record<string, never>>): Component<PageProps> => page as Component<object>;

export const places: readonly Place[] = [
  { path: "/appliance", title: "Status", page: forAnybody(StatusPage) },
  { path: "/appliance/network", title: "Network", page: forAnybody(NetworkPage) },
  { path: "/appliance/certificates", title: "Certificates", page: forAnybody(CertificatesPage) },
  { path: "/appliance/updates", title: "Updates", page: forAnybody(UpdatesPage) },
  { path: "/appliance/backups", title: "Backups", page: forAnybody(BackupsPage) },
  { path: "/appliance/storage", title: "Storage", page: forAnybody(StoragePage) },
  { path: "/appliance/access", title: "Access", page: AccessPage },
  { path: "/appliance/support", title: "Support", page: forAnybody(SupportPage) },
];

/** Those there are; the first is where one begins. */
export const openPlaces: readonly (Place & { readonly page: Component<PageProps> })[] = places.flatMap((place) =>
  place.page === null ? [] : [{ ...place, page: place.page }],
);

/** The place of an address; `/appliance` is the first there is. null: there is no such page. */
export function placeAt(path: string): (typeof openPlaces)[number] | null {
  const plain = path.replace(/\/$/u, "");
  const found = openPlaces.find((place) => place.path === plain);
  return found ?? (plain === "/appliance" ? (openPlaces[0] ?? null) : null);
}
