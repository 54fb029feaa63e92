/** An app's own main and preload code on the fake of Electron, through the real `serve` and the real preload script. */
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { SyncError } from '../../src/index.ts'
import { fakeClock, fakeElectron, waitFor, waitForSync, type FakeElectron } from '../../src/testing/index.ts'
import { tabsStore, testSource } from '../fixtures/tabs.ts'

const holder = vi.hoisted(() => ({ electron: undefined as FakeElectron | undefined }))
vi.mock('electron', () => {
  const member = (name: string) => ({ enumerable: true, get: () => holder.electron!.module[name as 'app'] })
  const names = ['app', 'ipcMain', 'session', 'BrowserWindow', 'ipcRenderer', 'contextBridge', 'MessageChannelMain']
  return Object.defineProperties({}, Object.fromEntries(names.map((name) => [name, member(name)])))
})

/** Stands for the built script; what runs is its source. */
const preload = fileURLToPath(new URL('../../src/transports/electron/preload.ts', import.meta.url))
const origin = 'app://chat'
let electron: FakeElectron
let refusals: SyncError[]
let stop: (() => void) | undefined

beforeEach(() => {
  refusals = []
})
afterEach(() => {
  stop?.()
  stop = undefined
  electron.close()
})

/** A main process, as an app writes one. */
async function startMain(options: Parameters<typeof fakeElectron>[0] = {}) {
  vi.resetModules()
  electron = fakeElectron({
    ...options,
    preloads: {
      [preload]: async () => {
        vi.resetModules()
        await import('../../src/transports/electron/preload.ts')
      },
    },
  })
  holder.electron = electron
  const { serve } = await import('../../src/transports/electron/main.ts')
  const { app, BrowserWindow } = electron.module
  const { source, runs } = testSource({ clock: options.clock ?? systemClock })
  stop = serve([source], {
    authorize: (peer) => peer.origin === origin,
    preload,
    onRefused: (error) => refusals.push(error),
  })
  const open = (url = `${origin}/index.html`) => {
    const window = new BrowserWindow()
    window.webContents.on('render-process-gone', () => window.webContents.reload())
    void window.loadURL(url)
    return window
  }
  void app.whenReady().then(() => open())
  await electron.ready()
  return { source, runs, open }
}

describe.each([25, 45])('Electron %i', (version) => {
  test('windows on one source: late, reloaded, closed', async () => {
    const { source, open } = await startMain({ version })
    const page = await electron.page()
    const replica = page.connect(tabsStore)
    await waitForSync(replica)
    expect(replica.get()).toEqual(source.get())
    expect(await replica.call.rename({ id: 'a', title: 'new' })).toBe('new')
    expect(replica.at('byId', 'a', 'title').get()).toBe('new')

    open()
    const second = (await electron.page(1)).connect(tabsStore)
    await waitForSync(second)
    expect(second.get()).toEqual(source.get())

    const reloaded = await page.reload()
    expect([page.alive, reloaded.alive]).toEqual([false, true])
    source.update((draft) => void (draft.theme = 'dark'))
    const again = reloaded.connect(tabsStore)
    await waitForSync([again, second])
    expect([again.get().theme, second.get().theme]).toEqual(['dark', 'dark'])
    expect(replica.get().theme).toBe('light')
    reloaded.close()
    expect(electron.pages).toHaveLength(1)
    await waitFor(second, ({ theme }) => theme === 'dark')
    expect(refusals).toEqual([])
  })
})

test('the page uses the real connect of lockstep/electron/renderer', async () => {
  const { source } = await startMain()
  const page = await electron.page()
  const replica = await page.run(async () => {
    const { connect } = await import('../../src/transports/electron/renderer.ts')
    return connect(tabsStore)
  })
  await waitForSync(replica, { source })
  expect(replica.get()).toEqual(source.get())
})

test('connect gives a page one replica of a store, until that is closed', async () => {
  await startMain()
  const page = await electron.page()
  const replica = page.connect(tabsStore)
  await waitForSync(replica)
  expect(page.connect(tabsStore)).toBe(replica)
  replica.close()
  const next = page.connect(tabsStore)
  await waitForSync(next)
  expect(next).not.toBe(replica)
})

test('a crash ends the sessions of the page, and a new one is in step again', async () => {
  const { source } = await startMain()
  const page = await electron.page()
  const replica = page.connect(tabsStore)
  await waitForSync(replica)
  page.crash()
  source.update((draft) => void (draft.theme = 'dark'))
  const next = await electron.page()
  expect(next).not.toBe(page)
  const again = next.connect(tabsStore)
  await waitForSync(again)
  expect([again.get().theme, replica.get().theme]).toEqual(['dark', 'light'])
})

test('a subframe and a foreign origin are refused', async () => {
  const { open } = await startMain()
  const page = await electron.page()
  const frame = (await page.subframe(`${origin}/frame.html`)).connect(tabsStore)
  await expect(waitForSync(frame)).rejects.toMatchObject({ code: 'refused' })
  expect(refusals.map(({ message }) => message)).toEqual([expect.stringContaining('it is a subframe')])
  open('https://evil.example/')
  const foreign = (await electron.page(1)).connect(tabsStore)
  await expect(waitForSync(foreign)).rejects.toThrow('The page of origin "https://evil.example"')
})

test('a message of another window does not pass the preload', async () => {
  await startMain()
  const page = await electron.page()
  const frame = await page.subframe('https://evil.example/')
  frame.run(() => {
    const { port2 } = new MessageChannel()
    ;(frame.window['parent'] as Window).postMessage('lockstep:connect', '*', [port2])
  })
  await waitForSync(page.connect(tabsStore))
  expect(refusals).toEqual([])
})

test('a fake clock drives it all', async () => {
  const clock = fakeClock()
  const { source } = await startMain({ clock })
  const replica = (await electron.page()).connect(tabsStore)
  await waitForSync(replica)
  source.append(['byId', 'a', 'response'], 'one')
  await waitForSync(replica)
  source.append(['byId', 'a', 'response'], ' two')
  await waitFor(replica, ({ byId }) => byId.get('a')?.response === 'one two')
  expect(clock.now()).toBe(500)
})

describe('IPC of the app itself', () => {
  test('send, invoke, sendSync and the way back, each message cloned', async () => {
    await startMain()
    const { ipcMain } = electron.module
    const page = await electron.page()
    const seen: unknown[] = []
    const original = { at: new Date(0), list: [1] }
    ipcMain.on('note', (event: { reply(channel: string, ...args: unknown[]): void }, value: unknown) => {
      seen.push(value, value === original)
      event.reply('noted', value)
    })
    ipcMain.handle('double', (_, value: number) => 2 * value)
    ipcMain.handle('fail', () => {
      throw new TypeError('no')
    })
    ipcMain.on('sync', (event: { returnValue: unknown }) => void (event.returnValue = 'at once'))
    const { ipcRenderer } = page
    const noted = new Promise((resolve) => {
      ipcRenderer.once('noted', (_: unknown, value: unknown) => resolve(value))
    })
    ipcRenderer.send('note', original)
    expect(await noted).toEqual(original)
    expect(seen).toEqual([original, false])
    expect(await ipcRenderer.invoke('double', 21)).toBe(42)
    await expect(ipcRenderer.invoke('fail')).rejects.toThrow("Error invoking remote method 'fail': TypeError: no")
    await expect(ipcRenderer.invoke('none')).rejects.toThrow("No handler registered for 'none'")
    expect(ipcRenderer.sendSync('sync')).toBe('at once')
    expect(() => ipcRenderer.send('note', () => {})).toThrow('An object could not be cloned.')
    expect(() => ipcMain.handle('double', () => 0)).toThrow('second handler')
  })

  test('what main sends and cannot be cloned is lost, with a line on the console', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    await startMain()
    const page = await electron.page()
    page.contents.send('x', () => {})
    expect(error).toHaveBeenCalledWith('Error sending from webFrameMain:', expect.any(Error))
    error.mockRestore()
  })

  test('a preload exposes an API: values are copied, functions cross', async () => {
    await startMain()
    const page = await electron.page()
    const api = { list: [{ id: 1 }], add: async (a: number, b: number) => a + b }
    page.run(() => electron.module.contextBridge.exposeInMainWorld('api', api))
    const exposed = page.window['api'] as typeof api
    expect(exposed.list).toEqual(api.list)
    expect(exposed.list).not.toBe(api.list)
    expect(await exposed.add(1, 2)).toBe(3)
    expect(page.run(() => (globalThis as unknown as { api: typeof api }).api === exposed)).toBe(true)
    expect(globalThis).not.toHaveProperty('api')
    expect(() => page.contextBridge.exposeInMainWorld('api', {})).toThrow('existing property')
  })

  test('ports go from main to a page, and close with it', async () => {
    await startMain()
    const { MessageChannelMain } = electron.module
    const page = await electron.page()
    const { port1, port2 } = new MessageChannelMain()
    const got = new Promise((resolve) => {
      page.ipcRenderer.once('port', (event: { ports: MessagePort[] }) => {
        event.ports[0]!.addEventListener('message', ({ data }) => resolve(data))
        event.ports[0]!.start()
      })
    })
    page.contents.postMessage('port', null, [port2])
    port1.postMessage({ hello: new Map([[1, 2]]) })
    expect(await got).toEqual({ hello: new Map([[1, 2]]) })
    const closed = new Promise<void>((resolve) => port1.on('close', resolve))
    await page.reload()
    await closed
    port1.postMessage('into nowhere')
  })
})

describe('what is wrong is said:', () => {
  test('no window, and why', async () => {
    vi.useFakeTimers()
    try {
      electron = fakeElectron()
      const late = async (): Promise<string> => {
        const page = electron.page().then(
          () => 'a page',
          (error: SyncError) => `${error.code}: ${error.message}`,
        )
        await vi.advanceTimersByTimeAsync(2000)
        return await page
      }
      expect(await late()).toMatch(/^timeout: No window 0 .* Call `await electron\.ready\(\)`/)
      await electron.ready()
      expect(await late()).toContain('there are 0 windows')
      const window = new electron.module.BrowserWindow()
      expect(await late()).toContain('main has to call loadURL or loadFile')
      await window.loadURL('app://chat/')
      window.webContents.forcefullyCrashRenderer()
      expect(await late()).toContain('its renderer has crashed')
    } finally {
      vi.useRealTimers()
    }
  })

  test('a preload script that is not there, or needs what a sandbox has not', async () => {
    electron = fakeElectron()
    await electron.ready()
    const { BrowserWindow } = electron.module
    await new BrowserWindow({ webPreferences: { preload: '/nowhere/preload.cjs' } }).loadURL('app://chat/')
    await expect(electron.page()).rejects.toMatchObject({
      code: 'setup',
      message: expect.stringContaining('"/nowhere/preload.cjs" cannot be read. Build it first'),
    })
    const file = fileURLToPath(new URL('fixtures/preload-with-fs.cjs', import.meta.url))
    await new BrowserWindow({ webPreferences: { preload: file } }).loadURL('app://chat/')
    await expect(electron.page(1)).rejects.toThrow(
      'module not found: node:fs (a sandboxed preload can require electron',
    )
  })

  test('what is used before `ready`', () => {
    electron = fakeElectron()
    expect(() => new electron.module.BrowserWindow()).toThrow('Cannot create BrowserWindow before app is ready')
    expect(() => electron.module.session.defaultSession).toThrow('before app is ready')
  })

  test('ipcRenderer where there is no page, or one of several', async () => {
    electron = fakeElectron()
    const { ipcRenderer } = { ...electron.module }
    expect(() => ipcRenderer.send('x')).toThrow('there is no page yet')
    await electron.ready()
    for (const _ of [1, 2]) await new electron.module.BrowserWindow().loadURL('app://chat/')
    expect(() => ipcRenderer.send('x')).toThrow('there are several: use it within page.run(() => …)')
  })

  test('bad addresses, dead pages, foreign ports, a version that is none', async () => {
    electron = fakeElectron()
    await electron.ready()
    const window = new electron.module.BrowserWindow()
    await expect(window.loadURL('index.html')).rejects.toMatchObject({ code: 'setup' })
    await expect(window.loadFile('index.html')).rejects.toThrow('absolute path')
    expect(() => window.webContents.currentPage()).toThrow('shows no page')
    await window.loadFile('/app/index.html')
    const page = await electron.page()
    expect(page.origin).toBe('file://')
    const { port1 } = new MessageChannel()
    expect(() => page.contents.postMessage('x', null, [port1])).toThrow('Make the ports by the fake')
    port1.close()
    page.close()
    expect(() => page.run(() => 1)).toThrow('The page file:///app/index.html has gone')
    expect(() => page.frame.origin).toThrow('Render frame was disposed')
    await expect(window.loadURL('app://chat/')).rejects.toMatchObject({ code: 'closed' })
    expect(() => fakeElectron({ version: Number.NaN })).toThrow('`version` is a whole number')
  })

  test('a replica whose page has gone', async () => {
    await startMain()
    const page = await electron.page()
    const replica = page.connect(tabsStore)
    await waitForSync(replica)
    await page.reload()
    await expect(waitForSync(replica, { timeout: 5 })).rejects.toThrow(
      'What to do: its page app://chat/index.html has gone (reloaded, crashed or closed)',
    )
  })

  test('the app quits, unless a listener or a window refuses', async () => {
    electron = fakeElectron()
    await electron.ready()
    const { app, BrowserWindow } = electron.module
    const events: string[] = []
    for (const name of ['before-quit', 'will-quit', 'quit']) app.on(name, () => void events.push(name))
    const window = new BrowserWindow()
    const refuse = (event: { preventDefault(): void }) => event.preventDefault()
    window.once('close', refuse)
    app.quit()
    expect(events.splice(0)).toEqual(['before-quit'])
    app.once('will-quit', refuse)
    app.quit()
    expect([events.splice(0), window.isDestroyed()]).toEqual([['before-quit', 'will-quit'], true])
    app.exit(1)
    expect(events).toEqual(['quit'])
  })

  test('a window may refuse to be closed; the app hears when the last one is', async () => {
    electron = fakeElectron()
    await electron.ready()
    const { app, BrowserWindow } = electron.module
    const window = new BrowserWindow()
    await window.loadURL('app://chat/')
    const all = vi.fn()
    app.on('window-all-closed', all)
    window.once('close', (event: { preventDefault(): void }) => event.preventDefault())
    ;(await electron.page()).close()
    expect([window.isDestroyed(), all.mock.calls.length]).toEqual([false, 0])
    window.close()
    expect([window.isDestroyed(), all.mock.calls.length]).toEqual([true, 1])
  })
})
