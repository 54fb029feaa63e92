/** The limit: the same bytes in the same number of messages with nothing else. */
import type { Contestant, MainSide, WindowEnd } from '../lab/contestant.ts'
import { watchers } from './watchers.ts'
import type { State } from '../state.ts'

type Op = readonly [path: readonly string[], value: string]

/**
 * One message for each change, or, with `batch`, one for all that has been appended in so many ms, to whatever texts. A message
 * is the smallest JSON that says what changed. The window parses it and tells who shows it; it keeps no store.
 */
export const raw: Contestant = {
  main(state, { batch }): MainSide {
    const windows = new Set<WindowEnd>()
    const gathered = new Map<string, string>()
    let timer: NodeJS.Timeout | undefined
    const send = (change: Op | readonly Op[]): void => {
      const text = JSON.stringify(change)
      for (const { port } of windows) port.postMessage(text)
    }
    const flush = (): void => {
      clearTimeout(timer)
      timer = undefined
      if (gathered.size === 0) return
      send(Array.from(gathered, ([id, chunk]) => [['byId', id, 'metadata', 'response'], chunk]))
      gathered.clear()
    }
    return {
      open(window) {
        windows.add(window)
        window.port.on('message', () => {
          window.port.postMessage(JSON.stringify(state))
        })
        window.port.start()
      },
      close(window) {
        windows.delete(window)
      },
      set(id, model) {
        send([['byId', id, 'metadata', 'model'], model])
      },
      append(id, chunk) {
        if (batch === undefined) return send([['byId', id, 'metadata', 'response'], chunk])
        gathered.set(id, (gathered.get(id) ?? '') + chunk)
        timer ??= setTimeout(flush, batch)
      },
      end: flush,
      read: () => state,
    }
  },
  window(port) {
    const models = watchers<string>()
    const lengths = watchers<number>()
    const texts = new Map<string, string>()
    let state: State | undefined
    const apply = ([path, value]: Op): void => {
      const id = path[1] as string
      if (path[3] === 'model') return models.tell(id, value)
      const text = (texts.get(id) ?? '') + value
      texts.set(id, text)
      lengths.tell(id, text.length)
    }
    const ready = new Promise<void>((resolve) => {
      port.on('message', (message) => {
        if (state === undefined) {
          state = JSON.parse(message as string) as State
          resolve()
          return
        }
        const change = JSON.parse(message as string) as Op | readonly Op[]
        if (isOp(change)) apply(change)
        else for (const op of change) apply(op)
      })
    })
    port.start()
    port.postMessage('join')
    return {
      ready,
      component: models.add,
      reader: lengths.add,
      store: lengths.add,
      read: () => state as State,
    }
  },
}

function isOp(change: Op | readonly Op[]): change is Op {
  return typeof change[0]?.[0] === 'string'
}
