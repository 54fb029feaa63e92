import { expect, test } from 'vitest'
import { readReport, type Report } from './report.ts'

const report: Report = {
  sent: 1,
  waiting: false,
  pending: 'nothing',
  sentAge: 10,
  watches: 0,
  transport: 'memory',
  origin: '',
}

test('a report may lack what is not known, and have what is not understood', () => {
  expect(readReport(report)).toEqual(report)
  expect(readReport({ ...report, due: 1, hash: 'a', more: {} })).toMatchObject({ due: 1, hash: 'a' })
})

test.each([
  undefined,
  null,
  7,
  'report',
  [],
  {},
  { ...report, sent: '1' },
  { ...report, origin: undefined },
  { ...report, due: null },
  { ...report, hash: 1 },
])('%o is no report', (value) => {
  expect(readReport(value)).toBeUndefined()
})
