/** Frames of at most this many UTF-16 code units are short (1,024 with their channel): several may be without an ack. */
const shortLength = 1000
/** Of as many frames the last asks for an ack, and none follows it before that has come. */
const framesPerAck = 8
/** After as many ms without asking the next frame asks, so that reports know of windows that stand still. */
const askInterval = 1000

/** Up to where a session has sent, and whether it may send more: a replica that has stopped costs a few short frames. */
export class Credit {
  /** Up to where the replica has said that it is. */
  #acknowledged: number | undefined
  /** Up to where each frame since then leads: the replica may be at any of them. */
  #underWay: number[] = []
  /** The last of these has asked for an ack. */
  #asked = false

  /** @param known where the replica is, if it has any state. */
  constructor(known: number | undefined) {
    this.#acknowledged = known
  }

  get acknowledged(): number | undefined {
    return this.#acknowledged
  }

  /** Up to where everything has been sent. */
  get sent(): number | undefined {
    return this.#underWay[this.#underWay.length - 1] ?? this.#acknowledged
  }

  /** Whether nothing may be sent before an ack has come. */
  get isSpent(): boolean {
    return this.#asked
  }

  /** Where the replica is, or may be. */
  get revisions(): readonly number[] {
    return this.#acknowledged === undefined ? this.#underWay : [this.#acknowledged, ...this.#underWay]
  }

  /**
   * Takes note of a frame that leads to `revision`. Returns whether it has to ask for an ack.
   *
   * @param length of the frame, in UTF-16 code units.
   * @param sinceAsked how long ago the last ack was asked for, in ms.
   */
  spend(revision: number, length: number, sinceAsked: number): boolean {
    this.#underWay.push(revision)
    this.#asked = this.#underWay.length === framesPerAck || length > shortLength || sinceAsked >= askInterval
    return this.#asked
  }

  /** Returns whether this is the ack that was asked for. */
  acknowledge(revision: number): boolean {
    if (!this.#asked || revision !== this.sent) return false
    this.#asked = false
    this.#acknowledged = revision
    this.#underWay = []
    return true
  }
}
