/** What wuchale's walk through a source is taught: where a string stands, what is never text, and what it leaves out. */
import type { Message } from "wuchale";
import type { Transformer } from "wuchale/adapter-vanilla";

/** What stands around the string that is looked at. */
export interface Surroundings {
  /** The property it is the value of. */
  property: string | undefined;
  /** The attribute whose expression it stands in. */
  attribute: string | undefined;
  /** The functions, methods and constants it stands in, the innermost last. */
  owners: readonly string[];
  /** It stands in an expression whose value markup shows. */
  isShown: boolean;
}

type Node = Parameters<Transformer["visit"]>[0];
type Within = (around: Partial<Surroundings>, visit: () => Message[]) => Message[];

/** Operators whose operands are compared or looked up, not shown. */
const COMPARING = new Set(["===", "!==", "==", "!=", "<", ">", "<=", ">=", "in", "instanceof"]);
/** Types of TypeScript's own nodes that hold an expression; the others are types. */
const TYPED_EXPRESSIONS = new Set([
  "TSAsExpression",
  "TSTypeAssertion",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
]);

/** @param place is kept up to date while the transformer walks */
export function teach<T extends Transformer>(transformer: T, place: Surroundings): T {
  const within: Within = (around, visit) => {
    const before = { ...place };
    Object.assign(place, around);
    const texts = visit();
    Object.assign(place, before);
    return texts;
  };
  // `say` is imported once a file; nothing is set up in functions, and no constant is made reactive for it.
  transformer.initRuntime = () => undefined;
  transformer.visitVariableDeclarator = transformer.defaultVisitVariableDeclarator;
  keepSpaces(transformer);
  skipWhatIsCompared(transformer);
  visitWhatIsLeftOut(transformer);
  nameProperties(transformer, within);
  nameOwners(transformer, place, within);
  nameMarkup(transformer, place, within);
  return transformer;
}

/** wuchale's keys lose the spaces a text begins and ends with; a text is its own key here, with them. */
function keepSpaces(transformer: Transformer): void {
  const keyOf = (text: Message | undefined): string => JSON.stringify(text?.msgStr.join("\n") ?? "");
  transformer.literalRepl = (text) => `${transformer.vars().rtTrans}(${keyOf(text)})`;
  const { visitTemplateLiteralQuasis } = transformer;
  transformer.visitTemplateLiteralQuasis = (node, type) => {
    const [, texts] = visitTemplateLiteralQuasis(node, type);
    // Its own text comes after those of what is filled in. Typed as a number, a key is written as it is.
    return [keyOf(texts.at(-1)) as unknown as number, texts];
  };
}

function skipWhatIsCompared(transformer: Transformer): void {
  const unlessLiteral = (node: Node): Message[] => (isLiteral(node) ? [] : transformer.visit(node));
  const { visitBinaryExpression } = transformer;
  transformer.visitBinaryExpression = (node) =>
    COMPARING.has(node.operator)
      ? [...unlessLiteral(node.left), ...unlessLiteral(node.right)]
      : visitBinaryExpression(node);
  transformer.visitSwitchStatement = (node) => [
    ...transformer.visit(node.discriminant),
    ...node.cases.flatMap((one) => one.consequent.flatMap(transformer.visit)),
  ];
  transformer.visitMemberExpression = (node) => [
    ...transformer.visit(node.object),
    ...(node.computed ? unlessLiteral(node.property) : []),
  ];
}

function isLiteral(node: Node): boolean {
  return node.type === "Literal" || node.type === "TemplateLiteral";
}

/** wuchale passes over fields of classes, what is thrown, and `!` behind an expression. */
function visitWhatIsLeftOut(transformer: Transformer): void {
  const seen = transformer as unknown as Record<string, (node: Record<string, never>) => Message[]>;
  const { visit } = transformer;
  transformer.visit = (node) => (node.type.startsWith("TS") && !TYPED_EXPRESSIONS.has(node.type) ? [] : visit(node));
  seen["visitTSNonNullExpression"] = (node) => transformer.visit(node["expression"] as unknown as Node);
  seen["visitThrowStatement"] = (node) => transformer.visit(node["argument"] as unknown as Node);
  const { visitClassDeclaration } = transformer;
  transformer.visitClassDeclaration = (node) => [
    ...visitClassDeclaration(node),
    ...node.body.body.flatMap((member) =>
      member.type === "PropertyDefinition" && member.value ? transformer.visit(member.value) : [],
    ),
  ];
  transformer.visitNewExpression = (node) => {
    const details = transformer.heuristciDetails;
    const { call } = details;
    details.call = transformer.getCalleeName(node.callee);
    const texts = node.arguments.flatMap(transformer.visit);
    details.call = call;
    return texts;
  };
}

/** A key is code; what stands behind it is looked at with the key's name. */
function nameProperties(transformer: Transformer, within: Within): void {
  transformer.visitProperty = (node) =>
    within({ property: node.computed ? undefined : nameOf(node.key) }, () => [
      ...(node.computed ? transformer.visit(node.key) : []),
      ...transformer.visit(node.value),
    ]);
}

function nameOwners(transformer: Transformer, place: Surroundings, within: Within): void {
  const { visitVariableDeclarator, visitFunctionBody } = transformer;
  transformer.visitVariableDeclarator = (node) =>
    within({ owners: ownersWith(place, nameOf(node.id)) }, () => visitVariableDeclarator(node));
  transformer.visitFunctionBody = (node, name, end) => {
    const details = transformer.heuristciDetails;
    const { call } = details;
    details.call = undefined;
    const inside = { attribute: undefined, property: undefined, isShown: false, owners: ownersWith(place, name) };
    const texts = within(inside, () => visitFunctionBody(node, name, end));
    details.call = call;
    return texts;
  };
}

/** One without a name speaks for what it is given to. */
function ownersWith({ owners }: Surroundings, name: string | undefined): readonly string[] {
  return name === undefined || name === "" ? owners : [...owners, name];
}

interface ComponentParts {
  visitAttribute?: (node: { readonly name: string }) => Message[];
  visitExpressionTag: (node: { readonly expression: Node }) => Message[];
  mixedVisitor: unknown;
  initMixedVisitor: () => unknown;
}

/** Only components have attributes and markup. */
function nameMarkup(transformer: Transformer, place: Surroundings, within: Within): void {
  const component = transformer as Transformer & ComponentParts;
  const { visitAttribute, visitExpressionTag } = component;
  if (visitAttribute === undefined) return;
  component.visitExpressionTag = (node) =>
    within({ isShown: place.attribute === undefined }, () => visitExpressionTag(node));
  // It was made with the visitor above as that was before.
  component.mixedVisitor = component.initMixedVisitor();
  component.visitAttribute = (node) =>
    within({ attribute: node.name, property: undefined }, () => visitAttribute(node));
}

function nameOf(node: {
  readonly type: string;
  readonly name?: unknown;
  readonly value?: unknown;
}): string | undefined {
  const name = node.type === "Identifier" ? node.name : node.value;
  return typeof name === "string" ? name : undefined;
}
