/** Jump Item Roles every site has from its first start; they can be neither changed nor deleted. */
export const ADMINISTRATOR_ROLE = "AAAAAAAAAAAAAAAAAAAAAA";
export const START_SESSIONS_ROLE = "AAAAAAAAAAAAAAAAAAAAAQ";
