/** What a wait that failed says: what was awaited, what was seen, where each side is, and what to do. */
import { diff } from '../document/diff.ts'
import { isContainer, partAt } from '../document/tree.ts'
import type { Path } from '../document/types.ts'
import { parseDownFrame } from '../protocol/parse.ts'
import type { Replica } from '../replica/index.ts'
import { isFakeClock } from './clock.ts'
import type { Link } from './link.ts'
import type { KnownSource, Origin } from './origin.ts'
import { show } from './show.ts'

type AnyReplica = Pick<Replica<object, unknown>, 'get' | 'revision' | 'status' | 'error'>

const mostDifferences = 5

/** Lines on a replica and on its source, and advice. */
export function report(
  replica: AnyReplica,
  { source, link, gone }: Partial<Origin>,
  revisionBefore?: number,
): string[] {
  const epoch = link === undefined ? undefined : epochShown(link)
  return [
    `replica: ${replica.status.get()}, at ${at(epoch, replica.revision)}`,
    source === undefined
      ? 'source: not known here (pass { source } to see where it is)'
      : `source: "${source.name}", at ${at(source['~inside']?.epoch, source.revision)}${ahead(replica, source, epoch)}`,
    `replica shows: ${show(replica.get())}`,
    ...(source === undefined ? [] : differences(replica.get(), source.get())),
    `What to do: ${gone?.() ?? advice(replica, source, link, revisionBefore)}`,
  ]
}

function at(epoch: string | undefined, revision: number): string {
  return revision < 0 ? 'no revision yet (it shows the initial state)' : `${epoch ?? '?'}:${revision}`
}

function ahead({ revision }: AnyReplica, source: KnownSource, epoch: string | undefined): string {
  if (revision < 0 || (epoch !== undefined && epoch !== source['~inside']?.epoch)) return ''
  const commits = source.revision - revision
  return commits > 0 ? ` (${commits} ahead)` : ' (the same)'
}

/** The epoch of the last snapshot that has reached the replica. */
function epochShown({ frames }: Link): string | undefined {
  for (const { to, text } of [...frames].reverse()) {
    if (to !== 'client') continue
    const frame = parseDownFrame(text)
    if (frame.type === 'snapshot') return frame.epoch
  }
  return undefined
}

/** Where the two differ, at most a few of the places. */
function differences(shown: unknown, actual: unknown): string[] {
  if (!isContainer(shown) || !isContainer(actual)) return []
  const ops = diff(shown, actual, [])
  if (ops === undefined) return ['differs from the source altogether']
  const places = [...new Map(ops.map(({ path }) => [show(path), path])).values()]
  if (places.length === 0) return ['differs from the source: nowhere']
  const lines = places
    .slice(0, mostDifferences)
    .map((path) => `differs at ${show(path)}: replica ${part(shown, path)}, source ${part(actual, path)}`)
  if (places.length > lines.length) lines.push(`… and at ${places.length - lines.length} more places`)
  return lines
}

function part(root: unknown, path: Path): string {
  let value = root
  for (const key of path) value = isContainer(value) ? partAt(value, key) : undefined
  return show(value, 120)
}

function advice(
  replica: AnyReplica,
  source: KnownSource | undefined,
  link: Link | undefined,
  revisionBefore: number | undefined,
): string {
  const status = replica.status.get()
  if (status === 'closed') return 'the replica was closed; wait before it is, or make another.'
  if (link?.status === 'closed') return 'the link was closed; wait before it is, or make another window by linked().'
  if (status === 'refused') return `the replica was refused (${replica.error?.code}): ${replica.error?.message}`
  if (link?.status === 'cut') return 'the link is cut: call link.reopen().'
  if (link?.status === 'paused') return 'the link is paused: call link.resume().'
  if (status === 'connecting') {
    return link === undefined
      ? 'nobody has answered: serve the store at the other end of its connection, before this replica joins.'
      : `nothing has arrived yet: wait longer than the link's latency (${link.latency} ms), there and back.`
  }
  if (source !== undefined && revisionBefore === undefined && source.revision === replica.revision)
    return 'the replica shows all that the source has: check that the code under test has committed it, and the predicate.'
  const clock = source?.['~inside']?.clock
  if (clock !== undefined && isFakeClock(clock))
    return 'the source has more, and its fake clock has not moved far enough: give a longer `timeout`, or the same clock to all.'
  return `wait longer (\`timeout\`, in ms)${link === undefined ? '.' : ', or look at what crosses: link.frames.'}`
}
