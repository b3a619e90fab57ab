/** A mounted disk and how full it is. */
export interface Disk {
  /** Where it is mounted. */
  readonly name: string;
  readonly device: string;
  readonly fileSystem: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
}
