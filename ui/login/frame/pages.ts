/** Which component shows a place. A place without one is in no rail, and its address says that there is no such page. */
import type { Component } from "svelte";
import type { Account } from "../../../protocol/api/sign-in.ts";
import AccountPage from "../account/AccountPage.svelte";
import ApiAccountsPage from "../api-accounts/ApiAccountsPage.svelte";
import AuditLogPage from "../audit-log/AuditLogPage.svelte";
import CertificatePage from "../certificate/CertificatePage.svelte";
import EmailPage from "../email/EmailPage.svelte";
import GroupPoliciesPage from "../group-policies/GroupPoliciesPage.svelte";
import JumpClientsPage from "../jump-clients/JumpClientsPage.svelte";
import JumpGroupPlace from "../jump-groups/JumpGroupPlace.svelte";
import JumpItemRolesPage from "../jump-item-roles/JumpItemRolesPage.svelte";
import JumpPolicyPlace from "../jump-policies/JumpPolicyPlace.svelte";
import type { PlaceName } from "../places.ts";
import ProvidersPage from "../providers/ProvidersPage.svelte";
import SecurityPage from "../security/SecurityPage.svelte";
import SessionPolicyPlace from "../session-policies/SessionPolicyPlace.svelte";
import SettingsPage from "../settings/SettingsPage.svelte";
import SignInsPage from "../sign-ins/SignInsPage.svelte";
import StatusPage from "../status/StatusPage.svelte";
import TeamsPage from "../teams/TeamsPage.svelte";
import UsersPage from "../users/UsersPage.svelte";

/** A page gets who looks at it, and the id in its address (`/login/group-policies/<id>`) or null. */
export interface PageProps {
  readonly account: Account;
  readonly objectId: string | null;
}

/** A page that looks at none of it; the compiler does not take such a one for one that may ignore it. */
const plain = (page: Component<Record<string, never>>) => page as unknown as Component<PageProps>;

export const pages: Readonly<Partial<Record<PlaceName, Component<PageProps>>>> = {
  status: plain(StatusPage),
  account: AccountPage,
  jumpClients: plain(JumpClientsPage),
  jumpGroups: JumpGroupPlace,
  jumpPolicies: JumpPolicyPlace,
  jumpItemRoles: plain(JumpItemRolesPage),
  users: UsersPage,
  teams: TeamsPage,
  groupPolicies: GroupPoliciesPage,
  sessionPolicies: SessionPolicyPlace,
  providers: plain(ProvidersPage),
  security: plain(SecurityPage),
  signIns: plain(SignInsPage),
  apiAccounts: plain(ApiAccountsPage),
  settings: plain(SettingsPage),
  email: plain(EmailPage),
  certificate: plain(CertificatePage),
  auditLog: plain(AuditLogPage),
};
