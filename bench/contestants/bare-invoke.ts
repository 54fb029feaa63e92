/** The limit for commands: `invoke` and a function in main, and nobody is told. */
import type { Contestant } from '../lab/contestant.ts'
import { ipcMain } from '../lab/electron/main.ts'
import { ipcRenderer } from '../lab/electron/window.ts'
import type { Entity } from '../state.ts'

export const bareInvoke: Contestant = {
  main(state) {
    const set = (id: string, model: string): void => {
      ;(state.byId[id] as Entity).metadata.model = model
    }
    ipcMain.handle('set', (_, id, model) => {
      set(id as string, model as string)
    })
    return { open() {}, set, append() {}, read: () => state }
  },
  window: () => ({
    ready: Promise.resolve(),
    component() {},
    reader() {},
    store() {},
    command: (id, model) => ipcRenderer.invoke('set', id, model),
    read: () => ({ byId: {} }),
  }),
}
