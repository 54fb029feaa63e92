/** What a store is kept on from one life of its source to the next, and what was promised about it. */
import { SyncError } from '../../src/index.ts'
import type { OpenedSource } from '../../src/source/index.ts'
import { memoryStorage, type OpenStorage, type Pieces, type Storage } from '../../src/storage/index.ts'
import type { Context } from './context.ts'
import { equal } from './equal.ts'
import type { History } from './history.ts'
import type { MainClock } from './main-clock.ts'
import type { State } from './model.ts'
import type { Random } from './random.ts'

export class Disk {
  /** Writes take no time and do not fail. */
  isHonest = false
  readonly #context: Context
  readonly #random: Random
  readonly #history: History
  readonly #name: string
  readonly #storage = memoryStorage()
  #opened: OpenStorage | undefined
  /** What `saved()` has promised: this, or something later, is what the next life begins with. */
  #promised = { life: 0, revision: -1 }
  /** Who waits for `saved()`. */
  readonly #waiting = new Set<object>()

  constructor(context: Context, random: Random, history: History, name: string) {
    this.#context = context
    this.#random = random
    this.#history = history
    this.#name = `the storage of ${name}`
  }

  /** The storage as one process sees it, whose clock is `clock`: what it has not written when that stops, it never will. */
  ofProcess(clock: MainClock): Storage {
    return {
      open: async (store, read) => {
        const opened = await this.#storage.open(store, read)
        this.#opened = opened
        let isInDoubt = false
        const write = async (pieces: Pieces, pass: (all: Pieces) => Promise<void>): Promise<void> => {
          let text = ''
          for await (const piece of pieces) text += piece
          await this.#takeTime(clock)
          this.#fail('storage write fails', 0.1)
          await pass([text])
          isInDoubt = true
          await this.#takeTime(clock)
          this.#fail('storage write fails that was done', 0.05)
          isInDoubt = false
        }
        return {
          location: opened.location,
          damage: opened.damage,
          get foldDue() {
            return isInDoubt ? 'now' : opened.foldDue
          },
          append: (pieces) => write(pieces, (all) => opened.append(all)),
          fold: (pieces) => write(pieces, (all) => opened.fold(all)),
          close: () => opened.close(),
        }
      },
    }
  }

  /** The process has died; a write that was under way may yet be done. */
  async processDied(): Promise<void> {
    this.#waiting.clear()
    await this.#opened?.close()
  }

  /** Holds what a new life begins with to what the lives before have promised. */
  checkRestored(store: Pick<OpenedSource<State>, 'opened' | 'get'>): void {
    const { life, revision } = this.#promised
    const state = store.get() as State
    if (store.opened.recovered !== undefined) this.#context.fail(`${this.#name}: is damaged`)
    const from = state.life === life ? revision : -1
    if (state.life < life || !this.#history.had(state.life, from, (one) => equal(one, state))) {
      this.#context.fail(
        `${this.#name}: begins with something of life ${state.life} that it was not at ${life}:${revision} or later`,
      )
    }
    this.#context.step()
  }

  /** Asks for everything to be saved, and holds the answer to it when the next life begins. */
  save(store: Pick<OpenedSource<State>, 'saved'>): Promise<void> {
    return this.#follow(store.saved())
  }

  close(store: Pick<OpenedSource<State>, 'close'>): Promise<void> {
    return this.#follow(store.close())
  }

  /** Everybody who waited for `saved()` has been answered, and nothing is left to be saved. */
  checkAtRest({ saving }: Pick<OpenedSource<State>, 'saving'>): void {
    const { state } = saving.get()
    if (state !== 'saved') this.#context.fail(`${this.#name}: is ${state} at the end`)
    if (this.#waiting.size > 0) this.#context.fail(`${this.#name}: saved() was never answered`)
  }

  async #follow(saved: Promise<void>): Promise<void> {
    const { life, revision } = this.#history
    const waiter = {}
    this.#waiting.add(waiter)
    try {
      await saved
      if (!this.#waiting.has(waiter)) return
      const before = this.#promised
      if (life > before.life || revision > before.revision) this.#promised = { life, revision }
      this.#context.log(() => `${this.#name}: saved ${life}:${revision}`)
    } catch (error) {
      if (!this.#waiting.has(waiter)) return
      if ((error as SyncError).code !== 'storage-failed') this.#context.fail(`${this.#name}: ${String(error)}`)
    } finally {
      this.#waiting.delete(waiter)
    }
  }

  async #takeTime(clock: MainClock): Promise<void> {
    if (this.isHonest) return
    await new Promise<void>((resolve) => {
      clock.schedule(resolve, this.#random.chance(0.9) ? this.#random.between(0, 30) : this.#random.between(0, 5000))
    })
  }

  #fail(kind: string, probability: number): void {
    if (this.isHonest || !this.#random.chance(probability)) return
    this.#context.fault(kind, this.#name)
    throw new SyncError('storage-failed', kind)
  }
}
