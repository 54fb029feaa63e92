/**
 * The page of charts in the README, from a run's results: `node bench/charts.ts [results]`. One SVG for light pages and one
 * for dark ones. A dot is a median, the line through it its spread; the scale is logarithmic.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, type Row } from './report/figures.ts'
import { readResults } from './report/results.ts'

interface Theme {
  readonly name: string
  readonly text: string
  readonly faint: string
  readonly grid: string
  readonly lockstep: string
  readonly limit: string
  readonly peer: string
}

const themes: readonly Theme[] = [
  {
    name: 'light',
    text: '#1f2328',
    faint: '#59636e',
    grid: '#d1d9e0',
    lockstep: '#0969da',
    limit: '#1a7f37',
    peer: '#6e7781',
  },
  {
    name: 'dark',
    text: '#f0f6fc',
    faint: '#9198a1',
    grid: '#3d444d',
    lockstep: '#4493f8',
    limit: '#3fb950',
    peer: '#8b949e',
  },
]

interface Panel {
  readonly title: string
  readonly unit: string
  readonly workload: string
  readonly case: string
  readonly figure: string
}

const panels: readonly Panel[] = [
  ...['1,000', '10,000', '100,000'].map((entities) => ({
    title: `One scalar in ${entities} entities`,
    unit: 'ms of CPU, main and window',
    workload: '1',
    case: `one scalar in ${entities} entities`,
    figure: 'both, ms',
  })),
  {
    title: 'An answer of 200 KB in 40,000 chunks, at 1,000 a second',
    unit: 's of CPU, main and window',
    workload: '2',
    case: '1,000 chunks/s, 1 window reads it live',
    figure: 'both, s',
  },
  {
    title: 'The same, as fast as it goes, to five windows',
    unit: 's of CPU, main and windows',
    workload: '2',
    case: 'as fast as it goes, 5 windows read it live',
    figure: 'both, s',
  },
  {
    title: 'A burst of 100,000 updates in one tick',
    unit: 'ms of CPU, main and window',
    workload: '6',
    case: '100,000 updates in one tick',
    figure: 'both, ms',
  },
]

const columns = 2
const width = 900
const gutter = 28
const panelWidth = (width - gutter * (columns - 1)) / columns
const labelWidth = 176
const valueWidth = 62
const rowHeight = 19
const head = 46
const foot = 26
const font = 'font-family="-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif"'

function page(rows: readonly Row[], theme: Theme): string {
  const drawn = panels.flatMap((panel) => {
    const of = rows.filter(
      (row) => row.workload === panel.workload && row.case === panel.case && row.figures[panel.figure],
    )
    return of.length === 0 ? [] : [{ panel, rows: sorted(of, panel.figure) }]
  })
  let y = 0
  const parts: string[] = []
  for (let first = 0; first < drawn.length; first += columns) {
    const line = drawn.slice(first, first + columns)
    for (const [column, { panel, rows: of }] of line.entries())
      parts.push(`<g transform="translate(${column * (panelWidth + gutter)} ${y})">${draw(panel, of, theme)}</g>`)
    y += head + foot + rowHeight * Math.max(...line.map(({ rows: of }) => of.length)) + 14
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" ${font} font-size="12" role="img">` +
    `<title>CPU of Lockstep, of the limit and of its peers</title>${parts.join('')}</svg>\n`
  )
}

function sorted(rows: readonly Row[], name: string): Row[] {
  const value = (row: Row): number => row.figures[name]?.median ?? 0
  return [...rows].sort((a, b) => value(a) - value(b))
}

function draw({ title, unit, figure }: Panel, rows: readonly Row[], theme: Theme): string {
  const all = rows.flatMap((row) => {
    const { median = 1, least = 1, most = 1 } = row.figures[figure] ?? {}
    return [median, least, most].filter((value) => value > 0)
  })
  const low = Math.floor(Math.log10(Math.min(...all)))
  const high = Math.ceil(Math.log10(Math.max(...all)))
  const plot = panelWidth - labelWidth - valueWidth
  // What is no more than feeding costs cannot be told from nothing.
  const x = (value: number): number =>
    labelWidth + (Math.max(0, Math.log10(Math.max(value, 10 ** low)) - low) / Math.max(1, high - low)) * plot
  const bottom = head + rows.length * rowHeight
  const grid = Array.from({ length: high - low + 1 }, (_, n) => 10 ** (low + n)).map(
    (value) =>
      `<line x1="${x(value)}" x2="${x(value)}" y1="${head - 4}" y2="${bottom}" stroke="${theme.grid}"/>` +
      `<text x="${x(value)}" y="${bottom + 15}" text-anchor="middle" font-size="10" fill="${theme.faint}">${short(value)}</text>`,
  )
  const dots = rows.map((row, index) => {
    const { median, least, most } = row.figures[figure] as { median: number; least: number; most: number }
    const y = head + index * rowHeight + rowHeight / 2
    const isOwn = row.contestant === 'lockstep'
    const color = isOwn ? theme.lockstep : row.contestant.startsWith('raw') ? theme.limit : theme.peer
    const weight = isOwn ? ' font-weight="600"' : ''
    return (
      `<text x="${labelWidth - 10}" y="${y + 4}" text-anchor="end" fill="${isOwn ? theme.lockstep : theme.text}"${weight}>${row.contestant}</text>` +
      `<line x1="${x(least)}" x2="${x(most)}" y1="${y}" y2="${y}" stroke="${color}" stroke-width="2" stroke-opacity="0.5"/>` +
      `<circle cx="${x(median)}" cy="${y}" r="${isOwn ? 5 : 4}" fill="${color}"/>` +
      `<text x="${panelWidth}" y="${y + 4}" text-anchor="end" fill="${isOwn ? theme.lockstep : theme.faint}"${weight}>${format(median)}</text>`
    )
  })
  return (
    `<text x="0" y="14" font-size="13" font-weight="600" fill="${theme.text}">${title}</text>` +
    `<text x="0" y="31" font-size="11" fill="${theme.faint}">${unit}</text>${grid.join('')}${dots.join('')}`
  )
}

function short(value: number): string {
  return value >= 1000 ? `${value / 1000}k` : String(value)
}

const { rows } = readResults(process.argv[2] ?? 'full')
for (const theme of themes)
  writeFileSync(join(import.meta.dirname, `results/charts-${theme.name}.svg`), page(rows, theme))
