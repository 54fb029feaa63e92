import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningApp, freshFolder, hosts } from './support/hosts.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { ask, untilSaved, untilStatus } from './support/reading.ts'

/** Where windows are, and what each shows, survives the process. Browsers see to their windows themselves. */

interface SeenWindow {
  readonly title: string
  readonly bounds: { x: number; y: number; width: number; height: number }
}

const { runtime, start } = hosts.find(({ name }) => name === 'Electron')!

describe.skipIf(runtime.reason !== undefined)(
  `windows in Electron${runtime.reason ? `: ${runtime.reason}` : ''}`,
  () => {
    let model: ModelServer
    let data: string
    beforeAll(async () => {
      model = await startModelServer()
      model.answer({ text: 'Yes.' })
      data = await freshFolder()
    })
    afterAll(async () => {
      await model.close()
      await rm(data, { recursive: true, force: true })
    })

    async function launch(): Promise<RunningApp> {
      const app = await start({ LOCKSTEP_CHAT_BASE_URL: model.baseUrl, LOCKSTEP_CHAT_MODEL: 'numbered' }, data)
      await app.page.getByLabel('Message').waitFor()
      return app
    }

    function seen({ electron }: RunningApp): Promise<SeenWindow[]> {
      return electron!.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()
          .map((window) => ({ title: window.getTitle(), bounds: window.getBounds() }))
          .toSorted((a, b) => a.title.localeCompare(b.title)),
      )
    }

    /** Moves the window whose tab has the title. */
    async function move({ electron }: RunningApp, { title, bounds }: SeenWindow): Promise<void> {
      await electron!.evaluate(
        ({ BrowserWindow }, [wanted, to]) => {
          BrowserWindow.getAllWindows()
            .find((window) => window.getTitle() === wanted)
            ?.setBounds(to)
        },
        [title, bounds] as const,
      )
    }

    test('two windows, killed, closed one by one, and quit', async () => {
      const first: SeenWindow = { title: 'First · Lockstep Chat', bounds: { x: 40, y: 60, width: 900, height: 600 } }
      const second: SeenWindow = {
        title: 'Second · Lockstep Chat',
        bounds: { x: 500, y: 210, width: 640, height: 520 },
      }
      let app = await launch()
      await ask(app.page, 'First')
      await untilStatus(app.page, 'done')
      const other = await app.windowOpenedBy(() => app.page.getByRole('button', { name: 'New window' }).click())
      await other.getByLabel('Message').waitFor()
      await other.getByRole('button', { name: 'New chat' }).click()
      await other.getByText('What is on your mind?').waitFor()
      await ask(other, 'Second')
      await untilStatus(other, 'done')
      await move(app, first)
      await move(app, second)
      await expect.poll(() => seen(app)).toEqual([first, second])
      await untilSaved(app.page)
      await app.kill()

      app = await launch()
      await expect.poll(() => seen(app)).toEqual([first, second])
      // The window that is closed stays closed; the last one is where the app begins again.
      for (const window of app.electron!.windows()) if ((await window.title()) === first.title) await window.close()
      await expect.poll(() => seen(app)).toEqual([second])
      await app.close()

      app = await launch()
      await expect.poll(() => seen(app)).toEqual([second])
      await app.close()
    })
  },
)
