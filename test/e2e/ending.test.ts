import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hosts } from './support/hosts.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { ask, untilStatus } from './support/reading.ts'

/** A collection of garbage that falls into the end of an old Electron's main process kept it from ending (endless-exit.ts). */

const { runtime, start } = hosts.find(({ name }) => name === 'Electron')!

describe.skipIf(runtime.reason !== undefined)(
  `the end of the app in Electron${runtime.reason ? `: ${runtime.reason}` : ''}`,
  () => {
    let model: ModelServer
    beforeAll(async () => {
      model = await startModelServer()
    })
    afterAll(() => model.close())

    // How much sets off a collection that is not done by the end depends on the heap: here 10 and 12 did so each time.
    test.each([8, 10, 12])('after an answer, with %i MB made at the last moment', async (megabytes) => {
      const app = await start({ LOCKSTEP_CHAT_BASE_URL: model.baseUrl, LOCKSTEP_CHAT_MODEL: 'numbered' })
      model.answer({ text: 'Yes.' })
      await ask(app.page, 'Well?')
      await untilStatus(app.page, 'done')
      await app.electron!.evaluate((_electron, made) => {
        process.once('exit', () => {
          const kept = Array.from({ length: made * 1000 }, (_, index) => Array.from({ length: 125 }, () => index))
          Object.assign(globalThis, { kept })
        })
      }, megabytes)
      expect(await app.terminate()).toBe(0)
    })
  },
)
