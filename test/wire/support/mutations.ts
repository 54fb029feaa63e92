/** Ways to spoil the text of a frame, as a hostile or a broken peer would. */
import type { Random } from './random.ts'

type Mutation = (text: string, random: Random, corpus: readonly string[]) => string

/** What may stand where something else was expected. */
const tokens: readonly string[] = [
  'null',
  'true',
  '-1',
  '-0',
  '0',
  '1.5',
  '1e309',
  '9007199254740991',
  '9007199254740992',
  '4294967295',
  '1e21',
  '""',
  '"hello"',
  '"call"',
  '"s"',
  '"c"',
  '"x"',
  '"~"',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"~":["u"]}',
  '{"~":[]}',
  '{"~":["u",1]}',
  '{"~":1}',
  '{"~":["m",[1]]}',
  '{"~":["m",[[],1]]}',
  '{"~":["m",[{"~":["m",[]]},1]]}',
  '{"~":["s",[{}]]}',
  '{"~":["f","1"]}',
  '{"~":["n",""]}',
  '{"~":["n","-"]}',
  '{"~":["n","0x1"]}',
  '{"~":["d",1e309]}',
  '{"~":["d","now"]}',
  '{"~":["b","Float64Array","AAA="]}',
  '{"~":["b","Function","AAAA"]}',
  '{"~":["b","constructor","AAAA"]}',
  '{"~":["b","Uint8Array","*"]}',
  '{"~":["b","Uint8Array",null]}',
  '{"~":["o",["__proto__",{"polluted":1}]]}',
  '{"~":["o",[1,2]]}',
  '{"~":["m",["__proto__",1]]}',
  '{"~":["s",["constructor"]]}',
  '{"~":["u"],"a":1}',
  '{"__proto__":{"polluted":1}}',
  '{"\\u005f_proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"\\u0063onstructor":1}',
  '{"a":1,"a":{"__proto__":null}}',
  '{"\\u007e":["u"]}',
  '"__proto__"',
  '"\\u005f\\u005fproto\\u005f\\u005f"',
  '"\\ud800"',
]

const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/g
const key = /"(?:[^"\\]|\\.)*":/g

const mutations: readonly Mutation[] = [
  // A bit flips.
  (text, random) => {
    const at = random.below(text.length)
    return `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(8)))}${text.slice(at + 1)}`
  },
  // The end is missing.
  (text, random) => text.slice(0, random.below(text.length)),
  // Two frames get into each other.
  (text, random, corpus) => {
    const other = random.pick(corpus)
    return text.slice(0, random.below(text.length)) + other.slice(random.below(other.length))
  },
  // A piece comes twice.
  (text, random) => {
    const at = random.below(text.length)
    const end = at + random.below(text.length - at)
    return text.slice(0, end) + text.slice(at)
  },
  // A piece is gone.
  (text, random) => {
    const at = random.below(text.length)
    return text.slice(0, at) + text.slice(at + 1 + random.below(8))
  },
  // Most often, because it is what gets furthest: the text stays JSON.
  ...Array<Mutation>(8).fill((text, random) => replaceOne(text, token, random, () => random.pick(tokens))),
  // A field more.
  (text, random) => `${text.slice(0, -1)},${random.pick(tokens)}]`,
  // A key that is refused, or comes twice, plain or escaped.
  (text, random) =>
    replaceOne(text, key, random, (old) =>
      random.pick([
        '"__proto__":',
        '"\\u005f_proto__":',
        '"constructor":',
        '"prototyp\\u0065":',
        '"~":',
        `${old}1,${old}`,
      ]),
    ),
  // Nested deeper than anything should be.
  (text, random) => {
    const levels = 1 << random.below(9)
    const [open, close] = random.pick([
      ['[', ']'],
      ['{"a":', '}'],
      ['{"~":["m",[1,', ']]}'],
      ['{"~":["o",["a",', ']]}'],
    ] as const)
    return replaceOne(text, token, random, (old) => open.repeat(levels) + old + close.repeat(levels))
  },
]

/** Spoils `text` in one way or some. */
export function mutate(text: string, random: Random, corpus: readonly string[]): string {
  let mutated = text
  for (let times = 1 + (random.below(3) >> 1); times > 0 && mutated !== ''; times--)
    mutated = random.pick(mutations)(mutated, random, corpus)
  return mutated
}

function replaceOne(text: string, pattern: RegExp, random: Random, make: (old: string) => string): string {
  const found = [...text.matchAll(pattern)]
  if (found.length === 0) return text
  const { 0: old, index } = random.pick(found)
  return text.slice(0, index) + make(old) + text.slice(index + old.length)
}
