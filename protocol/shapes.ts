/**
 * Shapes made of shapes. TypeBox's own Composite and Omit look at each property against every other, for kinds of types
 * that no message has; with the shapes of all routes that was a twentieth of what a start of the server takes.
 */
import { type TObject, type TProperties, Type } from "@sinclair/typebox";

type Joined<A extends TProperties, B extends TProperties> = {
  [K in keyof A | keyof B]: K extends keyof B ? B[K] : K extends keyof A ? A[K] : never;
};

/** The properties of both; where both name one, the second says what it is. */
export function joined<A extends TProperties, B extends TProperties>(
  first: TObject<A>,
  second: TObject<B>,
): TObject<Joined<A, B>> {
  return Type.Object({ ...first.properties, ...second.properties } as Joined<A, B>);
}

/** All properties but these. */
export function without<T extends TProperties, K extends keyof T & string>(
  shape: TObject<T>,
  names: readonly K[],
): TObject<{ [P in Exclude<keyof T, K>]: T[P] }> {
  const left = Object.entries(shape.properties).filter(([name]) => !(names as readonly string[]).includes(name));
  return Type.Object(Object.fromEntries(left) as { [P in Exclude<keyof T, K>]: T[P] });
}
