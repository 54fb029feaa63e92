import type { Context } from './context.ts'
import type { ReplicaView } from './replica-view.ts'
import type { Random } from './random.ts'

/** What was asked of the commands of all stores, and what has become of it. */
export class Commands {
  readonly #context: Context
  readonly #ran = new Map<string, { readonly life: number; readonly revision: number }>()
  readonly #last = new Map<string, number>()
  readonly #waiting = new Set<string>()

  constructor(context: Context) {
    this.#context = context
  }

  /** A command has run: no command does so twice, and those of a replica do so in the order in which they were called. */
  ran(token: string, life: number, revision: number): void {
    const [caller, number] = token.split('#') as [string, string]
    if (this.#ran.has(token)) this.#context.fail(`the command ${token} has run twice`)
    if (!caller.endsWith('later')) this.#checkOrder(caller, Number(number))
    this.#last.set(caller, Number(number))
    this.#ran.set(token, { life, revision })
    this.#context.log(() => `ran ${token} at ${life}:${revision}`)
  }

  /** Nothing that was called later has run, and nothing that was called before is still waiting to. */
  #checkOrder(caller: string, number: number): void {
    const isBefore = (token: string): boolean =>
      token.startsWith(`${caller}#`) && Number(token.slice(caller.length + 1)) < number && !this.#ran.has(token)
    if ((this.#last.get(caller) ?? 0) >= number || [...this.#waiting].some(isBefore)) {
      this.#context.fail(`the command ${caller}#${number} has run out of order`)
    }
  }

  call(view: ReplicaView, number: number, random: Random): void {
    const name = random.pick(['touch', 'touch', 'later', 'fail'] as const)
    const token = `${view.name}/${name === 'later' ? name : 'now'}#${number}`
    const args = { token, seed: random.seed(), delay: random.between(0, 1000) }
    this.#wait(view, token, view.store.call[name](args), (result) => {
      if (name === 'fail' ? !/command-failed/.test(String(result)) : result !== token) {
        return `was answered ${String(result)}`
      }
      const ran = this.#ran.get(token)
      if (ran === undefined) return 'was answered and has not run'
      if (!view.hasReached(ran.life, ran.revision)) return 'was answered before its effects were shown'
      return undefined
    })
  }

  /** `settled()`: all that the source had when it was asked. */
  settle(view: ReplicaView, number: number): void {
    const { life, revision } = view.history
    this.#wait(view, `${view.name}/settled#${number}`, view.store.settled(), () =>
      view.hasReached(life, revision) ? undefined : `has settled before ${life}:${revision}`,
    )
  }

  /** Everybody who asked anything has been answered. */
  checkAnswered(): void {
    for (const token of this.#waiting) this.#context.fail(`${token} was never answered`)
  }

  #wait(
    view: ReplicaView,
    token: string,
    promise: Promise<unknown>,
    judge: (result: unknown) => string | undefined,
  ): void {
    const context = this.#context
    context.promises++
    this.#waiting.add(token)
    const settled = (result: unknown): void => {
      // Otherwise it was forgotten.
      if (!this.#waiting.delete(token)) return
      context.promises--
      const code = (result as { code?: string } | undefined)?.code
      context.log(() => `${token}: ${code ?? String(result)}`)
      // May or may not have run.
      if (code === 'disconnected' || code === 'closed') return
      const wrong = judge(code ?? result)
      if (wrong !== undefined) context.fail(`${token} ${wrong}`)
    }
    promise.then(settled, settled)
  }

  /** The page of `view` is gone, and nobody waits for what it has asked. */
  forget(view: ReplicaView): void {
    for (const token of this.#waiting) {
      if (token.startsWith(`${view.name}/`) && this.#waiting.delete(token)) this.#context.promises--
    }
  }
}
