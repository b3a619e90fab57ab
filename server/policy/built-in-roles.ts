/** Jump Item Roles every site has from its first start, as pages know them, too. */
export { ADMINISTRATOR_ROLE, START_SESSIONS_ROLE } from "../../protocol/built-in-roles.ts";
