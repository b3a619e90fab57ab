/** Where the keyboard goes on when what it was at is no longer there. */

/**
 * Should nothing have the focus, because its button is gone or can no longer be pressed, the first of these has it that is
 * there, else the page's main part: the Tab key goes on from there, and whoever hears the page hears where they are.
 */
export function placeLostFocus(...places: readonly (HTMLElement | null | undefined)[]): void {
  const { activeElement, body } = document;
  if (activeElement !== null && activeElement !== body) return;
  (places.find((place) => place?.isConnected) ?? document.querySelector<HTMLElement>("#page"))?.focus();
}
