/** The dialog in which something is said to everybody: opened on Status and from the palette. */
class Telling {
  isOpen = $state(false);
}

/** The page's. */
export const telling = new Telling();
