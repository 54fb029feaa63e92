import type { MessagePort } from 'node:worker_threads'
import type { State } from '../state.ts'

/** The state is asked for, and comes as JSON: the least that there is. */
export async function start(port: MessagePort): Promise<void> {
  const state = await new Promise<State>((resolve) => {
    port.on('message', (text: string) => {
      resolve(JSON.parse(text) as State)
    })
    port.postMessage('join')
  })
  if (state.byId['entity-3']?.title !== 'Title 3') throw new Error('The first value is wrong')
}
