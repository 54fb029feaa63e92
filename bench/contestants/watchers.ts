/** Components by what they show, for the contestants that have no subscriptions of their own. */
export interface Watchers<T> {
  add(id: string, run: (value: T) => void): void
  tell(id: string, value: T): void
}

export function watchers<T>(): Watchers<T> {
  const runs = new Map<string, ((value: T) => void)[]>()
  return {
    add(id, run) {
      const those = runs.get(id)
      if (those === undefined) runs.set(id, [run])
      else those.push(run)
    },
    tell(id, value) {
      for (const run of runs.get(id) ?? []) run(value)
    },
  }
}
