/**
 * A hash of a value, equal for values that are the same to all who look: sorts, contents and the order of keys. To find
 * copies that have come to differ, not to withstand somebody who wants them to. Imports nothing, so that a bundler can
 * load it with the diagnosis and leave everything else where it is.
 */
export function hash(value: unknown): string {
  const hasher = new Hasher()
  hasher.add(value)
  return hasher.digest()
}

class Hasher {
  #a = 0xde_ad_be_ef | 0
  #b = 0x41_c6_ce_57 | 0
  readonly #float = new Float64Array(1)
  readonly #words = new Uint32Array(this.#float.buffer)

  add(value: unknown): void {
    if (typeof value === 'string') this.#text(1, value)
    else if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'object' && value !== null) this.#object(value)
    else this.#text(3, `${typeof value} ${String(value)}`)
  }

  digest(): string {
    return [this.#a, this.#b].map((lane) => (finish(lane) >>> 0).toString(16).padStart(8, '0')).join('')
  }

  #object(value: object): void {
    if (Array.isArray(value)) {
      this.#mix(4)
      this.#mix(value.length)
      for (const part of value) this.add(part)
    } else if (value instanceof Map) {
      this.#mix(5)
      this.#mix(value.size)
      for (const [key, part] of value) {
        this.add(key)
        this.add(part)
      }
    } else if (value instanceof Set) {
      this.#mix(6)
      this.#mix(value.size)
      for (const member of value) this.add(member)
    } else if (value instanceof Date) {
      this.#mix(7)
      this.#number(value.getTime())
    } else if (value instanceof ArrayBuffer) this.#bytes(value, new Uint8Array(value))
    else if (ArrayBuffer.isView(value))
      this.#bytes(value, new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
    else this.#plain(value as Readonly<Record<string, unknown>>)
  }

  #plain(value: Readonly<Record<string, unknown>>): void {
    const keys = Object.keys(value)
    this.#mix(8)
    this.#mix(keys.length)
    for (const key of keys) {
      this.#text(1, key)
      this.add(value[key])
    }
  }

  #bytes(value: object, bytes: Uint8Array): void {
    this.#text(9, Object.prototype.toString.call(value))
    this.#mix(bytes.length)
    for (const byte of bytes) this.#mix(byte)
  }

  #number(value: number): void {
    // Engines write NaN in different bits.
    if (Number.isNaN(value)) return this.#mix(10)
    this.#float[0] = value
    this.#mix(2)
    this.#mix(this.#words[0] as number)
    this.#mix(this.#words[1] as number)
  }

  /** The length goes first, so that neighbours cannot lend each other their letters. */
  #text(sort: number, text: string): void {
    this.#mix(sort)
    this.#mix(text.length)
    for (let at = 0; at < text.length; at++) this.#mix(text.charCodeAt(at))
  }

  #mix(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 2_654_435_761)
    this.#b = Math.imul(this.#b ^ word, 1_597_334_677)
    this.#a ^= this.#b >>> 15
    this.#b ^= this.#a >>> 13
  }
}

function finish(lane: number): number {
  const mixed = Math.imul(lane ^ (lane >>> 16), 2_246_822_507)
  return mixed ^ (mixed >>> 13)
}
