/** Seals secrets so that they may lie on the disk: with a key that the system keeps for this user. Hosts have one or none. */
export interface Vault {
  seal(text: string): string
  /** The text; nothing, if it was sealed by another user or system. */
  unseal(sealed: string): string | undefined
}
