/** Directories (LDAP, Active Directory): people whose password a directory checks, through the usual sign-in page. */
import type { TestResult } from "../../../protocol/api/providers.ts";
import { AppError } from "../../../protocol/errors.ts";
import { AtOnce } from "../at-once.ts";
import type { ProviderSignIns } from "../provider-sign-ins.ts";
import { isLdap, type LdapProvider, type ProvedPerson, type ProviderIdentity } from "../provider.ts";
import type { Providers } from "../providers.ts";
import { codeOf, detailedMessage, ProviderRefusal } from "../refusal.ts";
import type { RefusalNotes } from "../refusal-notes.ts";

/** A directory that stands still holds at most so many sign-ins; the next is told at once. */
const MAX_RUNNING = 20;

export interface DirectoriesNeeds {
  readonly providers: Providers;
  readonly providerSignIns: ProviderSignIns;
  readonly refusals: RefusalNotes;
}

export class Directories {
  readonly #needs: DirectoriesNeeds;
  readonly #asking = new AtOnce(MAX_RUNNING, "The directory is slow and many are waiting. Try again in a minute.");
  constructor(needs: DirectoriesNeeds) {
    this.#needs = needs;
  }

  /**
   * Asks the directories, in their order, whether one knows this person by this password, and brings the account in step.
   * @param provider only this one: the provider of a known account. null: an unknown name; those that create accounts
   * @returns null when the name or the password is wrong, or no directory was to be asked
   * @throws {AppError} ProviderRefusal (unreachable, account.*), request.too_many
   */
  async verifyPassword(
    username: string,
    password: string,
    provider: string | null,
    address: string,
  ): Promise<ProviderIdentity | null> {
    for (const directory of await this.#asked(provider)) {
      try {
        const person = await this.#prove(directory, username, password);
        if (person !== null) return await this.#needs.providerSignIns.synchronize(directory, person);
      } catch (error) {
        if (!(error instanceof ProviderRefusal)) throw error;
        await this.#needs.refusals.note(directory, error, address, username);
        throw error;
      }
    }
    return null;
  }

  /** What a sign-in would bring; changes nothing. */
  async test(provider: LdapProvider, username: string, password: string): Promise<TestResult> {
    const attributes: TestResult["attributes"] = [];
    const refused = (code: string, message: string): TestResult => ({
      state: "refused",
      code,
      message,
      attributes,
      wouldBe: null,
    });
    try {
      const person = await this.#prove(provider, username, password);
      if (person === null) {
        const { message } = new ProviderRefusal("ldap.credentials");
        return refused("ldap.credentials", message);
      }
      attributes.push(...Array.from(person.attributes, ([name, values]) => ({ name, values: [...values] })));
      const wouldBe = await this.#needs.providerSignIns.preview(provider, person);
      const message = "The directory knows this person. Nothing was changed by this test.";
      return { state: "succeeded", code: null, message, attributes, wouldBe };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return refused(codeOf(error), detailedMessage(error));
    }
  }

  async #asked(provider: string | null): Promise<LdapProvider[]> {
    const directories = (await this.#needs.providers.all()).filter(isLdap).filter(({ isEnabled }) => isEnabled);
    return provider === null
      ? directories.filter(({ mapping }) => mapping.createsAccounts)
      : directories.filter(({ id }) => id === provider);
  }

  async #prove(provider: LdapProvider, username: string, password: string): Promise<ProvedPerson | null> {
    // An empty password is no proof: many directories take it as a visitor without a name (RFC 4513 5.1.2).
    if (password === "" || username === "") return null;
    return await this.#asking.run(provider.id, async () => {
      const { provePerson } = await import("./ldap-directory.ts");
      return await provePerson(provider, username, password);
    });
  }
}
