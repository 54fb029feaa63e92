/** How many texts are typed in this window that are not known to be kept. */
let count = $state(0)

export const unkept = {
  get any(): boolean {
    return count > 0
  },
  note(pending: boolean): void {
    count += pending ? 1 : -1
  },
}
