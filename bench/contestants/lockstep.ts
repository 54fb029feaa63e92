import { createReplica } from '../../src/replica/index.ts'
import { createSource, type Writer } from '../../src/source/index.ts'
import { portConnection, servePort } from '../../src/transports/message-port.ts'
import { definition, type Commands } from '../definition.ts'
import type { Contestant, WindowEnd, WindowSide } from '../lab/contestant.ts'
import type { Port } from '../lab/port.ts'
import type { State } from '../state.ts'

/** As it comes: no option is set. */
export const lockstep: Contestant = {
  main(state) {
    const source = createSource(definition, {
      state,
      commands: {
        nothing() {},
        set({ id, model }) {
          source.update((draft) => {
            ;(draft.byId[id] as State['byId'][string]).metadata.model = model
          })
        },
      },
    })
    const writers = new Map<string, Writer>()
    const stops = new Map<WindowEnd, () => void>()
    return {
      open(window) {
        stops.set(window, servePort([source], window.port))
      },
      close(window) {
        stops.get(window)?.()
      },
      set(id, model) {
        source.update((draft) => {
          ;(draft.byId[id] as State['byId'][string]).metadata.model = model
        })
      },
      append(id, chunk) {
        let writer = writers.get(id)
        if (writer === undefined) writers.set(id, (writer = source.writer('byId', id, 'metadata', 'response')))
        writer.append(chunk)
      },
      end(id) {
        writers.get(id)?.end()
        writers.delete(id)
      },
      read: () => source.get(),
    }
  },
  window: (port) => window(port, 'set'),
}

function window(port: Port, command: keyof Commands): WindowSide {
  const replica = createReplica(definition, portConnection(port))
  return {
    ready: replica.ready,
    component(id, run) {
      replica.at('byId', id, 'metadata', 'model').subscribe(run)
    },
    reader(id, run) {
      replica.reader('byId', id, 'metadata', 'response').subscribe((text) => {
        run(text.length)
      })
    },
    store(id, run) {
      replica.at('byId', id, 'metadata', 'response').subscribe((text) => {
        run(text.length)
      })
    },
    command: (id, model) => replica.call[command]({ id, model }),
    read: () => replica.get(),
    readPart: (id) => replica.at('byId', id).get(),
  }
}

/** Its commands change nothing, so that no commit follows them. */
export const lockstepWithoutEffect: Contestant = { main: lockstep.main, window: (port) => window(port, 'nothing') }
