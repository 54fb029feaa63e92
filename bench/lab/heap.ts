/** Bytes of live objects in this thread's heap. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export function heap(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // What finalizers let go of is collected by the next.
  for (let n = 0; n < 3; n++) collect()
  return getHeapStatistics().used_heap_size
}
