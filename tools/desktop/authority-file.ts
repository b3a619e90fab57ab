/** Family of an entry that fits whatever address and display asks (Xauth.h: FamilyWild). */
const FAMILY_WILD = 0xffff;

/** An X authority file with one cookie for any display: Xau(3), `struct xauth` on disk, sizes big-endian. */
export function authorityFile(cookie: Uint8Array): Uint8Array {
  const fields = [Buffer.alloc(0), Buffer.alloc(0), Buffer.from("MIT-MAGIC-COOKIE-1"), Buffer.from(cookie)];
  const family = Buffer.alloc(2);
  family.writeUInt16BE(FAMILY_WILD);
  return Buffer.concat([
    family,
    ...fields.flatMap((field) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(field.length);
      return [length, field];
    }),
  ]);
}
