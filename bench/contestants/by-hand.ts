/** The two patterns that are written by hand most often. */
import { writable } from './writable.ts'
import type { Contestant, WindowEnd } from '../lab/contestant.ts'
import { ipcMain } from '../lab/electron/main.ts'
import { ipcRenderer } from '../lab/electron/window.ts'
import type { Entity, State } from '../state.ts'
import { storeSide } from './store-side.ts'
import { watchers } from './watchers.ts'

type Listener<A extends unknown[]> = (event: unknown, ...args: A) => void

function on<A extends unknown[]>(channel: string, listener: Listener<A>): void {
  ipcRenderer.on(channel, listener as Listener<unknown[]>)
}

/** The whole state is sent on every change. */
export const fullState: Contestant = {
  main(state) {
    const windows = new Set<WindowEnd>()
    const changed = (): void => {
      for (const { webContents } of windows) webContents.send('state', state)
    }
    ipcMain.handle('get-state', () => state)
    ipcMain.handle('set', (_, id, model) => {
      set(id as string, model as string)
    })
    function set(id: string, model: string): void {
      ;(state.byId[id] as Entity).metadata.model = model
      changed()
    }
    return {
      open: (window) => windows.add(window),
      close: (window) => windows.delete(window),
      set,
      append(id, chunk) {
        ;(state.byId[id] as Entity).metadata.response += chunk
        changed()
      },
      read: () => state,
    }
  },
  window() {
    const store = writable<State>({ byId: {} })
    on<[State]>('state', (_, state) => {
      store.set(state)
    })
    return {
      ready: ipcRenderer.invoke('get-state').then((state) => {
        store.set(state as State)
      }),
      ...storeSide({ getState: store.get, subscribe: store.subscribe }),
      command: (id, model) => ipcRenderer.invoke('set', id, model),
    }
  },
}

/**
 * `tab-updated` with the entity that changed, for a growing text every 500 ms at the most (with the trailing one, which
 * is often forgotten), and beside it one message for each chunk, which a component appends to what it shows. Main changes
 * its state in place, which costs it nothing; the window's store is replaced along the path, as a store needs it.
 */
export const tabUpdated: Contestant = {
  main(state) {
    const windows = new Set<WindowEnd>()
    const timers = new Map<string, NodeJS.Timeout>()
    const send = (channel: string, ...args: unknown[]): void => {
      for (const { webContents } of windows) webContents.send(channel, ...args)
    }
    const tabUpdated = (id: string): void => {
      clearTimeout(timers.get(id))
      timers.delete(id)
      send('tab-updated', id, state.byId[id])
    }
    ipcMain.handle('get-state', () => state)
    ipcMain.handle('set', (_, id, model) => {
      set(id as string, model as string)
    })
    function set(id: string, model: string): void {
      ;(state.byId[id] as Entity).metadata.model = model
      tabUpdated(id)
    }
    return {
      open: (window) => windows.add(window),
      close: (window) => windows.delete(window),
      set,
      append(id, chunk) {
        ;(state.byId[id] as Entity).metadata.response += chunk
        send('chunk', id, chunk)
        if (!timers.has(id)) timers.set(id, setTimeout(tabUpdated, 500, id))
      },
      end: tabUpdated,
      read: () => state,
    }
  },
  window() {
    const store = writable<State>({ byId: {} })
    const lengths = watchers<number>()
    const texts = new Map<string, string>()
    on<[string, Entity]>('tab-updated', (_, id, tab) => {
      store.set({ ...store.get(), byId: { ...store.get().byId, [id]: tab } })
    })
    on<[string, string]>('chunk', (_, id, chunk) => {
      const text = (texts.get(id) ?? '') + chunk
      texts.set(id, text)
      lengths.tell(id, text.length)
    })
    return {
      ready: ipcRenderer.invoke('get-state').then((state) => {
        store.set(state as State)
      }),
      ...storeSide({ getState: store.get, subscribe: store.subscribe }),
      reader: lengths.add,
      command: (id, model) => ipcRenderer.invoke('set', id, model),
    }
  },
}
