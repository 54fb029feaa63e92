import { expect, test } from 'vitest'
import { newTally, simulateWorld, traceWorld } from './simulate.ts'

// `npm run simulate` does many more; a seed that has once found something belongs in here.
test('whatever happens, nothing is lost, doubled or stale', async () => {
  const tally = newTally()
  for (let seed = 1; tally.steps < 30_000; seed++) {
    const failure = await simulateWorld(seed, tally)
    if (failure !== undefined) {
      expect.fail(`seed ${failure.seed}: ${failure.violation}; npm run simulate -- --seed ${failure.seed} --trace`)
    }
  }
  expect(Object.keys(tally.faults).sort()).toEqual([
    'clock leaps by up to a year',
    'connection lost, frames delivered',
    'connection lost, frames lost',
    'connection lost, main hears late',
    'delayed frame',
    'duplicated frame',
    'frame of a lost connection',
    'late window',
    'late window in mid-stream',
    'listener that calls',
    'listener that changes the state',
    'listener that ends another',
    'listener that subscribes',
    'listener that throws',
    'page reload',
    'page stops reading',
    'renderer crash',
    'reordered frame',
    'source closes and restarts',
    'source closes and restarts from its storage',
    'source crashes and restarts',
    'source crashes and restarts from its storage',
    'storage write fails',
    'storage write fails that was done',
    'timers once a minute',
  ])
}, 60_000)

test('the same seed gives the same world', async () => {
  const traces: string[][] = [[], []]
  for (const trace of traces) await traceWorld(3, (line) => trace.push(line))
  expect(traces[0]!.length).toBeGreaterThan(1000)
  expect(traces[1]).toEqual(traces[0])
})
