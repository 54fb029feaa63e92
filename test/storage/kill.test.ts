import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { defineStore } from '../../src/index.ts'
import { openSource } from '../../src/source/index.ts'
import { fileStorage, sqliteStorage } from '../../src/storage/index.ts'
import { live } from './support/life.ts'
import { newSeed, random } from './support/random.ts'

const runs = Number(process.env['KILLS'] ?? 10)

/** Runs a process, kills it after some of its saves, in the middle of another; returns what it was told of last. */
async function killAfter(saves: number, delay: number, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'support/child.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  let told = 0
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    const lines = output.split('\n')
    if (told === 0 && lines.length > saves) setTimeout(() => child.kill('SIGKILL'), (told = delay))
  })
  await new Promise((resolve) => child.once('close', resolve))
  const lines = output.split('\n').slice(0, -1)
  expect(output).not.toContain('failed')
  return Number.parseInt(lines.at(-1) ?? '0', 10)
}

test.each([
  ['file', 'folding'],
  ['file', 'appending'],
  ['sqlite', 'folding'],
  ['sqlite', 'appending'],
] as const)(
  `kill -9 while %sStorage is %s, ${runs} times: everything acknowledged is there, nothing is left over`,
  async (kind, how) => {
    const seed = newSeed()
    const { below } = random(seed)
    const home = mkdtempSync(join(tmpdir(), 'lockstep-kill-'))
    const place = join(home, 'data', kind === 'sqlite' ? 'state.sqlite' : 'files')
    let kept = 0
    for (let run = 0; run < runs; run++) {
      const context = `SEED=${seed}, run ${run}`
      const told = await killAfter(below(30), 0.01 + below(300) / 100, [kind, place, how])
      const storage = kind === 'sqlite' ? sqliteStorage(place) : fileStorage(place)
      if (how === 'folding') {
        const { found, damage, errors } = await live(storage, 0)
        expect(errors, context).toEqual([])
        expect(
          damage.filter((part) => part.kind !== 'unfinished'),
          context,
        ).toEqual([])
        expect(found, context).toBeGreaterThanOrEqual(told)
        kept = found
      } else {
        const source = await openSource(defineStore('notes', { state: () => ({ count: 0, text: '' }) }), { storage })
        const { count, text } = source.get()
        expect(source.opened.recovered, context).toBeUndefined()
        expect(count, context).toBeGreaterThanOrEqual(told)
        expect(text.length, context).toBe(count)
        await source.close()
        kept = count
      }
      const left = readdirSync(kind === 'sqlite' ? dirname(place) : join(place, readdirSync(place)[0] as string))
      const expected = kind === 'sqlite' ? /^state\.sqlite$/ : /^\d+\.(?:snapshot|journal)$/
      expect(
        left.filter((name) => !expected.test(name)),
        context,
      ).toEqual([])
      expect(left.length, context).toBeLessThanOrEqual(4)
    }
    expect(kept).toBeGreaterThan(runs)
    rmSync(home, { recursive: true })
  },
  runs * 10_000,
)
