/** Random changes, which run alike on a draft of the library and on the plain data of the oracle's model. */
import { sizeKeys, tabIds, type Item, type State, type Tab } from './model.ts'
import { Random } from './random.ts'

type Mutation = (state: State, random: Random) => void

/** Changes `state` in one to four ways, the same for the same seed. */
export function mutate(state: State, seed: number): void {
  const random = new Random(seed)
  const times = random.chance(0.6) ? 1 : 1 + random.int(4)
  for (let time = 0; time < times; time++) random.pick(mutations)(state, random)
}

const alphabet = ['a', 'b', ' ', '\n', '"', 'é', '语', '😀', '\\', 'the', 'quick ']

export function randomText(random: Random, length: number): string {
  let text = ''
  for (let index = random.int(length + 1); index > 0; index--) text += random.pick(alphabet)
  return text
}

const newItem = (random: Random): Item => {
  const item: Item = { id: random.int(100), label: randomText(random, 3) }
  if (random.chance(0.3)) item.tags = [randomText(random, 2)]
  return item
}

const newTab = (random: Random): Tab => ({
  title: randomText(random, 4),
  texts: { main: randomText(random, 4), notes: '' },
  list: Array.from({ length: random.int(3) }, () => newItem(random)),
})

const anyTab = (state: State, random: Random): Tab | undefined => state.tabs.get(random.pick(tabIds))

const withTab =
  (run: (tab: Tab, random: Random) => void): Mutation =>
  (state, random) => {
    const tab = anyTab(state, random)
    if (tab !== undefined) run(tab, random)
  }

const byLabel = (a: Item, b: Item): number => (a.label < b.label ? -1 : a.label > b.label ? 1 : a.id - b.id)

const mutations: readonly Mutation[] = [
  (state) => void state.count++,
  (state, random) => void state.tabs.set(random.pick(tabIds), newTab(random)),
  (state, random) => void state.tabs.delete(random.pick(tabIds)),
  (state, random) => {
    if (random.chance(0.2)) state.tabs.clear()
  },
  // Moves a subtree.
  (state, random) => {
    const [from, to] = [random.pick(tabIds), random.pick(tabIds)]
    const tab = state.tabs.get(from)
    if (tab === undefined || from === to) return
    state.tabs.delete(from)
    state.tabs.set(to, tab)
  },
  withTab((tab, random) => void (tab.title = randomText(random, 4))),
  withTab((tab, random) => void (tab.texts.main += randomText(random, 6))),
  withTab((tab, random) => void (tab.texts.notes = randomText(random, 6))),
  withTab((tab) => {
    if (tab.texts.main.length > 400) tab.texts.main = ''
  }),
  withTab((tab, random) => {
    if (tab.list.length < 8) tab.list.push(newItem(random), newItem(random))
  }),
  withTab(({ list }) => void list.pop()),
  withTab(({ list }) => void list.shift()),
  withTab(({ list }, random) => {
    if (list.length < 8) list.unshift(newItem(random))
  }),
  withTab(({ list }, random) => void list.splice(random.int(4), random.int(3), newItem(random))),
  withTab(({ list }) => void list.sort(byLabel)),
  withTab(({ list }) => void list.reverse()),
  withTab(({ list }, random) => {
    const item = list[random.int(4)]
    if (item === undefined) return
    item.label += randomText(random, 2)
    if (random.chance(0.3)) {
      delete item.tags
      return
    }
    item.tags ??= []
    item.tags.push(randomText(random, 1))
    if (item.tags.length > 4) item.tags.length = 1
  }),
  withTab(({ list }, random) => {
    if (list.length > 0) list[random.int(list.length)] = newItem(random)
  }),
  ({ order }, random) => {
    if (order.length < 8) order.push(random.pick(tabIds))
    else order.splice(0, 5)
  },
  ({ order }, random) => (random.chance(0.5) ? void order.sort() : void order.reverse()),
  ({ marks }, random) => void marks.add(random.chance(0.5) ? random.int(5) : random.pick(tabIds)),
  ({ marks }, random) => void marks.delete(random.chance(0.5) ? random.int(5) : random.pick(tabIds)),
  ({ settings }, random) => void (settings.theme = random.pick(['light', 'dark', ''])),
  ({ settings }, random) => void (settings.sizes[random.pick(sizeKeys)] = random.int(4)),
  ({ settings }, random) => void delete settings.sizes[random.pick(sizeKeys)],
  ({ settings }, random) => {
    if (random.chance(0.3)) delete settings.maybe
    else settings.maybe = random.chance(0.3) ? undefined : { deep: [randomText(random, 2)] }
  },
  ({ rich }, random) => void (rich.date = new Date(random.int(3) * 1000)),
  ({ rich }, random) => void (rich.big = BigInt(random.int(5)) ** 40n),
  ({ rich }, random) => void (rich.bytes = Uint8Array.of(random.int(3), random.int(3))),
  ({ rich }, random) => void (rich.odd = random.pick([Number.NaN, -0, 0, Number.POSITIVE_INFINITY, 0.1])),
]
