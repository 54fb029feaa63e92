/** The benchmark: `npm run bench`. Absolute times are of the machine; the ratios within one run are what counts. */
import { run as runDocument } from './document.ts'
import { run as runSaving } from './saving.ts'

const failed = Object.entries({ ...runDocument(), ...runSaving() }).filter(([, holds]) => !holds)
if (failed.length > 0) {
  console.error(`\nDoes not hold: ${failed.map(([claim]) => claim).join('; ')}`)
  process.exitCode = 1
}
