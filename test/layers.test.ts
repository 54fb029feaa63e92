import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { builtinModules } from 'node:module'
import { parseAst } from 'rolldown/parseAst'
import { describe, expect, test } from 'vitest'

/** What a layer is, and what its files may import besides each other and the leaves. The first match wins. */
interface Layer {
  readonly name: string
  /** A folder, or one file, below src. */
  readonly at: string
  readonly imports: readonly string[]
  /** Only as `import type`. */
  readonly types?: readonly string[]
  /** At most one per file, and only these (`*`: any). */
  readonly packages?: readonly string[]
  readonly node?: true
}

const layers: readonly Layer[] = [
  { name: 'leaf', at: 'error.ts', imports: [] },
  { name: 'leaf', at: 'bytes.ts', imports: [] },
  { name: 'leaf', at: 'clock.ts', imports: [] },
  { name: 'leaf', at: 'reserved.ts', imports: [] },
  { name: 'leaf', at: 'name.ts', imports: [] },
  { name: 'leaf', at: 'class-name.ts', imports: [] },
  { name: 'definition', at: 'definition.ts', imports: [] },
  { name: 'index', at: 'index.ts', imports: ['definition', 'document', 'protocol'], types: ['source', 'replica'] },
  { name: 'document', at: 'document/', imports: [] },
  // Paths and ops are the document's words; the wire only says how they are written.
  { name: 'protocol', at: 'protocol/', imports: [], types: ['document'] },
  { name: 'source', at: 'source/', imports: ['definition', 'document', 'protocol'], types: ['storage'] },
  { name: 'replica', at: 'replica/', imports: ['definition', 'document', 'protocol'] },
  { name: 'storage', at: 'storage/', imports: [], node: true },
  // `connect(definition)` makes a replica of a connection, so the page's ends of the transports know the replica.
  { name: 'transports', at: 'transports/electron/renderer.ts', imports: ['definition', 'protocol', 'replica'] },
  { name: 'transports', at: 'transports/websocket/client.ts', imports: ['definition', 'protocol', 'replica'] },
  { name: 'transports', at: 'transports/electron/', imports: ['protocol'], packages: ['electron'], node: true },
  { name: 'transports', at: 'transports/', imports: ['protocol'], packages: ['ws'], node: true },
  { name: 'adapters', at: 'adapters/', imports: [], types: ['document'], packages: ['*'] },
  { name: 'testing', at: 'testing/', imports: ['*'], packages: ['*'], node: true },
]
const everyoneMayImport = 'leaf'
const maxLines = 260

describe('layers', () => {
  const files = read('src')

  test('src keeps to the table', () => {
    expect(files.size).toBeGreaterThan(0)
    expect([...files].flatMap(([file, text]) => violations(file, text))).toEqual([])
  })

  test.each([
    ['document/a.ts', `import { a } from '../protocol/a.ts'`, 'document may not import protocol'],
    ['document/a.ts', `import type { A } from '../source/a.ts'`, 'document may not import source'],
    ['document/a.ts', `type A = import('../source/a.ts').A`, 'document may not import source'],
    ['protocol/a.ts', `await import('../document/a.ts')`, 'protocol may import document only as types'],
    ['source/a.ts', `import { a } from '../replica/a.ts'`, 'source may not import replica'],
    ['source/a.ts', `import { a } from '../storage/storage.ts'`, 'source may import storage only as types'],
    ['replica/a.ts', `export { a } from '../source/a.ts'`, 'replica may not import source'],
    ['transports/websocket/server.ts', `import { a } from '../../source/index.ts'`, 'transports may not import source'],
    ['adapters/svelte.ts', `import { a } from '../document/types.ts'`, 'adapters may import document only as types'],
    ['index.ts', `import { a } from './testing/a.ts'`, 'index may not import testing'],
    ['error.ts', `import { a } from './protocol/a.ts'`, 'leaf may not import protocol'],
    ['other.ts', ``, 'is in no layer'],
    ['replica/a.ts', `import { a } from 'electron'`, 'replica may not import the package electron'],
    ['transports/message-port.ts', `import 'electron'`, 'transports may not import the package electron'],
    ['adapters/a.ts', `import 'svelte/store'\nimport 'react'`, 'has more than one dependency: svelte, react'],
    ['source/a.ts', `import { a } from 'node:fs'`, 'source may not import Node builtins: node:fs'],
    ['replica/a.ts', `import { a } from 'fs/promises'`, 'replica may not import Node builtins: fs/promises'],
    ['source/a.ts', `export default 1`, 'has a default export'],
    ['source/a.ts', `const a = 1\nexport { a as default }`, 'has a default export'],
    ['source/a.ts', `export * from './b.ts'`, 'has an export *'],
    ['source/a.ts', `\n`.repeat(maxLines + 1), `has more than ${maxLines} lines`],
  ])('%s: %s', (file, text, wrong) => {
    expect(violations(file, text)).toEqual([`src/${file} ${wrong}`])
  })

  test.each([
    [
      'source/a.ts',
      `import { a } from '../document/a.ts'\nimport { E } from '../error.ts'\nimport { b } from './b.ts'`,
    ],
    ['source/a.ts', `import type { Storage } from '../storage/storage.ts'`],
    ['adapters/a.ts', `import { type Readable } from '../document/types.ts'\nimport { a } from 'svelte/store'`],
    ['transports/electron/main.ts', `import { ipcMain } from 'electron'\nimport { join } from 'node:path'`],
    ['testing/a.ts', `import { a } from '../source/a.ts'\nimport { b } from '../replica/b.ts'`],
    ['source/a.ts', `\n`.repeat(maxLines)],
  ])('%s may have what it has', (file, text) => {
    expect(violations(file, text)).toEqual([])
  })
})

/** What is wrong with a file, one line each. */
function violations(file: string, text: string): string[] {
  const layer = layerOf(file)
  if (layer === undefined) return [`src/${file} is in no layer`]
  const { links, defaultExport, exportAll } = scan(text)
  const wrong = new Set<string>()
  const packages = new Set<string>()
  if (defaultExport) wrong.add('has a default export')
  if (exportAll) wrong.add('has an export *')
  if (text.split('\n').length > maxLines + 1) wrong.add(`has more than ${maxLines} lines`)
  for (const { target, types } of links) {
    if (target.startsWith('.')) {
      const other = layerOf(join(file, '..', target).replaceAll('\\', '/'))
      wrong.add(other === undefined ? `imports ${target}, in no layer` : judge(layer, other, types))
    } else if (target.startsWith('node:') || builtinModules.includes(target)) {
      if (!layer.node) wrong.add(`${layer.name} may not import Node builtins: ${target}`)
    } else {
      const name = packageOf(target)
      packages.add(name)
      const allowed = layer.packages ?? []
      if (!allowed.includes(name) && !allowed.includes('*')) {
        wrong.add(`${layer.name} may not import the package ${name}`)
      }
    }
  }
  if (packages.size > 1) wrong.add(`has more than one dependency: ${[...packages].join(', ')}`)
  wrong.delete('')
  return [...wrong].map((line) => `src/${file} ${line}`)
}

function judge(layer: Layer, other: Layer, types: boolean): string {
  if (other.name === layer.name || other.name === everyoneMayImport) return ''
  if (layer.imports.includes(other.name) || layer.imports.includes('*')) return ''
  if (!layer.types?.includes(other.name)) return `${layer.name} may not import ${other.name}`
  return types ? '' : `${layer.name} may import ${other.name} only as types`
}

function layerOf(file: string): Layer | undefined {
  return layers.find(({ at }) => (at.endsWith('/') ? file.startsWith(at) : file === at))
}

function packageOf(target: string): string {
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/')
}

interface Link {
  readonly target: string
  readonly types: boolean
}

interface Node {
  readonly type: string
  readonly source?: { readonly value?: unknown } | null
  readonly importKind?: string
  readonly exportKind?: string
  readonly specifiers?: readonly { readonly importKind?: string; readonly exported?: { readonly name?: string } }[]
}

/** All that a module imports, in whichever way, and the two ways to export that are not wanted. */
function scan(text: string): { links: Link[]; defaultExport: boolean; exportAll: boolean } {
  const found = { links: [] as Link[], defaultExport: false, exportAll: false }
  visit(parseAst(text, { lang: 'ts' }), (node) => {
    if (node.type === 'ExportDefaultDeclaration') found.defaultExport = true
    if (node.type === 'ExportAllDeclaration') found.exportAll = true
    const specifiers = node.specifiers ?? []
    if (node.type === 'ExportNamedDeclaration' && specifiers.some(({ exported }) => exported?.name === 'default')) {
      found.defaultExport = true
    }
    const importing = /^(Import|Export(Named|All))Declaration$|^ImportExpression$|^TSImportType$/.test(node.type)
    const target = node.source?.value
    if (!importing || typeof target !== 'string') return
    const types =
      node.type === 'TSImportType' ||
      node.importKind === 'type' ||
      node.exportKind === 'type' ||
      (specifiers.length > 0 && specifiers.every(({ importKind }) => importKind === 'type'))
    found.links.push({ target, types })
  })
  return found
}

function visit(value: unknown, each: (node: Node) => void): void {
  if (typeof value !== 'object' || value === null) return
  if ('type' in value && typeof value.type === 'string') each(value as Node)
  for (const part of Object.values(value)) visit(part, each)
}

/** The modules of a folder by their path in it, tests left out. */
function read(folder: string): Map<string, string> {
  const home = join(import.meta.dirname, '..', folder)
  return new Map(
    readdirSync(home, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.test(-d)?\.ts$|test-support/.test(file))
      .map((file) => [file.replaceAll('\\', '/'), readFileSync(join(home, file), 'utf8')]),
  )
}
