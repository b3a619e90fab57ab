/**
 * xterm writes its rules into <style> elements it makes, which our Content-Security-Policy refuses. Style sheets that
 * are built by script and adopted by the document are allowed: so a <style> made by script becomes one of those.
 */
let areAdopted = false;

/** From now on `document.createElement("style")` gives an element whose text becomes an adopted style sheet. */
export function adoptScriptedStyles(): void {
  if (areAdopted) return;
  areAdopted = true;
  const createElement = Document.prototype.createElement;
  Document.prototype.createElement = function (this: Document, name: string, options?: ElementCreationOptions) {
    if (name.toLowerCase() !== "style") return createElement.call(this, name, options);
    return standIn(this, createElement.call(this, "meta"));
  } as typeof createElement;
}

/** An element that shows nothing and keeps one adopted style sheet in step with its text. */
function standIn(owner: Document, element: HTMLElement): HTMLElement {
  const sheet = new CSSStyleSheet();
  let text = "";
  const setText = (rules: string | null): void => {
    text = rules ?? "";
    sheet.replaceSync(text);
  };
  owner.adoptedStyleSheets = [...owner.adoptedStyleSheets, sheet];
  Object.defineProperties(element, {
    textContent: { get: () => text, set: setText },
    sheet: { get: () => sheet },
    appendChild: {
      value: (node: Node): Node => {
        setText(text + (node.textContent ?? ""));
        return node;
      },
    },
    remove: {
      value: (): void => {
        owner.adoptedStyleSheets = owner.adoptedStyleSheets.filter((one) => one !== sheet);
        element.parentNode?.removeChild(element);
      },
    },
  });
  return element;
}
