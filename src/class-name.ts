/** What kind of object `value` is, as it says itself, of whatever realm: `Object`, `Map`, `Uint8Array`. */
export function className(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}
