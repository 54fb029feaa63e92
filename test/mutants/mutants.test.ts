import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { all } from './all.ts'

// Running them takes minutes: `npm run mutants`.
test('each mutant fits the file that it is of', () => {
  const misfits = all.filter(({ file, find }) => {
    const text = readFileSync(join(import.meta.dirname, '../..', file), 'utf8')
    return text.split(find).length !== 2
  })
  expect(misfits.map(({ file, name }) => `${file}: ${name}`)).toEqual([])
  expect(all.length).toBeGreaterThanOrEqual(30)
})

test('the table says of each what has caught it', () => {
  const table = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8').split('\n')
  const rows = table.filter((line) => line.startsWith('| ') && !line.startsWith('| file '))
  expect(rows).toHaveLength(all.length)
  expect(rows.filter((row) => row.endsWith('** |'))).toEqual([])
})
