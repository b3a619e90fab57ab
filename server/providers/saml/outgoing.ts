/** How a message of ours goes to an identity provider: through the browser, by an address or by a form it posts. */
import { createHash } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import { escapeXml } from "./escape-xml.ts";

/** A form the browser posts by itself (SAML 2.0 bindings 3.5). */
export const PostedForm = Type.Object({
  /** The identity provider's address. */
  action: Type.String(),
  fields: Type.Record(Type.String(), Type.String()),
});
export type PostedForm = Static<typeof PostedForm>;

export type Outgoing = { readonly url: string } | { readonly form: PostedForm };

const SUBMIT = "document.forms[0].submit()";
/** This one script, and nothing of this site: the page has an origin of its own. */
const POLICY = [
  "default-src 'none'",
  `script-src 'sha256-${createHash("sha256").update(SUBMIT).digest("base64")}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "sandbox allow-forms allow-scripts",
].join("; ");

/** The page that posts it; who runs no scripts presses its button. */
export function postingPage({ action, fields }: PostedForm): Response {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escapeXml(name)}" value="${escapeXml(value)}">`,
  );
  const page = [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Signing out</title></head><body>`,
    `<form method="post" action="${escapeXml(action)}">${inputs.join("")}<button>Sign out at the provider</button></form>`,
    `<script>${SUBMIT}</script></body></html>`,
  ].join("\n");
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY };
  return new Response(page, { headers });
}
