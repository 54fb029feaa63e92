/** (8) in a real Electron: the import of a bundle, as it is shipped, up to the first value of 100 entities. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ipcMain } from 'electron'
import { createSource } from '../../src/source/index.ts'
import { serve } from '../../src/transports/electron/main.ts'
import { definition } from '../definition.ts'
import { makeState } from '../state.ts'
import type { Cost, Order } from './protocol.ts'
import { measured } from './tasks.ts'
import { Window } from './window.ts'

export async function coldStart({ contestant, repetitions }: Order): Promise<Cost[]> {
  const state = makeState(100)
  // As an application does it: by the preload script of the package, with `serve` and `connect`.
  if (contestant === 'lockstep') {
    const source = createSource(definition, { state, commands: { set() {}, nothing() {} } })
    const preload = join(import.meta.dirname, 'lockstep-preload.cjs')
    serve([source], { authorize: ({ origin }) => origin === 'app://chat', preload })
  }
  ipcMain.handle('get-state', () => state)
  const found: Cost[] = []
  for (let repetition = 0; repetition < repetitions; repetition++) {
    console.log(`PROGRESS ${repetition + 1} of ${repetitions}`)
    const window = await Window.load('cold.html')
    // Longer than the page itself goes on starting.
    await delay(700)
    found.push(
      await measured([window], async () => {
        const first = window.says('first value')
        window.tell('import', `/cold/${contestant.replace(' ', '-')}.js`)
        await first
      }),
    )
    window.close()
  }
  return found
}
