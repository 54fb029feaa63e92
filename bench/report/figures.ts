/** Figures and what is claimed of them. */

/** A median with its spread. */
export interface Figure {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** What a contestant was found to cost in a case of a workload. */
export interface Row {
  readonly workload: string
  readonly case: string
  readonly contestant: string
  /** By name, each with its unit: `'main, ms'`. */
  readonly figures: Readonly<Record<string, Figure>>
  /** What was measured of how much, where it was scaled up; why there is no figure. */
  readonly note?: string
}

export interface Claim {
  readonly workload: string
  readonly claim: string
  readonly holds: boolean
  /** The figures behind it. */
  readonly found: string
  /** They are smaller than what feeding varies by: whether it holds cannot be told. */
  readonly noise?: true
}

export function figure(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const median =
    sorted.length % 2 === 1
      ? (sorted[Math.floor(middle)] as number)
      : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
  return { median, least: sorted[0] as number, most: sorted.at(-1) as number }
}

/** Three significant digits, and no exponent. */
export function format(value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toLocaleString('en', { maximumFractionDigits: Math.min(digits, 4), minimumFractionDigits: 0 })
}

export function formatFigure({ median, least, most }: Figure): string {
  return least === most ? format(median) : `${format(median)} (${format(least)}–${format(most)})`
}
