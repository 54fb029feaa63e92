/** This thread's CPU time in ms. The labs run with V8's single-threaded garbage collector, so that its work is in it. */
export function cpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
