/** A disk and how full it is. */
export interface DiskRoom {
  readonly name: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
}

/** The disk with the least room for its size, and how full it is, from 0 to 1; null: none has a size. */
export function fullestDisk(disks: readonly DiskRoom[]): (DiskRoom & { readonly share: number }) | null {
  const shares = disks
    .filter(({ totalBytes }) => totalBytes > 0)
    .map((disk) => ({ ...disk, share: disk.usedBytes / disk.totalBytes }));
  return shares.toSorted((a, b) => b.share - a.share)[0] ?? null;
}
