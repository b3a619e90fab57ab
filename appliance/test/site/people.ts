/** Who works with the appliances of the tests. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Administers the site at /login, and works in the console. */
export const ADA: Credentials = { username: "ada", password: "correct horse battery staple" };
/** Administers the machine at /appliance. */
export const OTTO: Credentials = { username: "otto", password: "a lighthouse on the reef 7" };
