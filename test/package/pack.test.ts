import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
  files: string[]
  exports: Record<string, string | { types: string; default: string }>
}
const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json')
const specifier = (entry: string): string => `lockstep${entry.slice(1)}`
/** Loads without Electron, and without a page. */
const portable = entries.filter((entry) => !entry.startsWith('./electron/') || entry === './electron/renderer')

let home = ''
let packed: string[] = []

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'lockstep-pack-'))
  // --ignore-scripts: what npm does with a package from the registry is what is tested.
  const report = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], root)
  const [tarball] = Object.values(JSON.parse(report) as Record<string, { filename: string; files: { path: string }[] }>)
  if (tarball === undefined) throw new Error(`npm pack said: ${report}`)
  packed = tarball.files.map(({ path }) => path)
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(home, tarball.filename)], home)
})

afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

test('the tarball holds what it promises, and no tests or sources', () => {
  expect(new Set(packed.map((path) => path.split('/')[0]))).toEqual(new Set([...manifest.files, 'package.json']))
  expect(packed.filter((path) => /\.test|(?<!\.d)\.c?ts$/.test(path))).toEqual([])
  const targets = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === 'string' ? entry : Object.values(entry),
  )
  expect(targets.filter((target) => !packed.includes(target.slice(2)))).toEqual([])
})

test('installs with nothing but ws', () => {
  const installed = readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.'))
  expect(installed).toEqual(['lockstep', 'ws'])
})

test('what needs neither Electron nor Node types has no hidden types', () => {
  const withoutNode = portable.filter((entry) => entry !== './websocket/server')
  typecheck(withoutNode, { types: [], skipLibCheck: false })
})

test('every entry point type-checks, with a small program', () => {
  for (const name of ['electron', '@types/node', 'undici-types']) borrow(name)
  typecheck(
    entries,
    { types: ['node'], skipLibCheck: false },
    readFileSync(join(import.meta.dirname, 'consumer.ts'), 'utf8'),
  )
})

test.each(nodes())('the portable entry points load, without side effects, in Node $version', ({ node }) => {
  writeFileSync(
    join(home, 'load.mjs'),
    `const before = new Set(Object.getOwnPropertyNames(globalThis))
for (const name of ${JSON.stringify(portable.map(specifier))}) {
  const loaded = await import(name)
  if ('default' in loaded) throw new Error(name + ' has a default export')
  if (Object.keys(loaded).length === 0) throw new Error(name + ' exports nothing')
}
const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name))
console.log(JSON.stringify({ added, version: (await import('lockstep/package.json', { with: { type: 'json' } })).default.version }))
`,
  )
  expect(JSON.parse(run(node, ['load.mjs'], home))).toEqual({ added: [], version: manifest.version })
})

/** This Node, and the one that runs npm, where that is another. */
function nodes(): { node: string; version: string }[] {
  const found = new Set([process.execPath, process.env['npm_node_execpath'] ?? process.execPath])
  return [...found].map((node) => ({ node, version: run(node, ['--version'], root).trim() }))
}

function typecheck(names: readonly string[], options: Record<string, unknown>, program = ''): void {
  const imports = names.map((entry, index) => `import * as entry${index} from '${specifier(entry)}'\n`).join('')
  const uses = `export const all = [${names.map((_, index) => `entry${index}`).join(', ')}]\n`
  writeFileSync(join(home, 'all.ts'), imports + uses)
  writeFileSync(join(home, 'program.ts'), program === '' ? 'export {}\n' : program)
  const basis = { target: 'ES2022', module: 'NodeNext', lib: ['ES2022', 'DOM'], strict: true, noEmit: true }
  const compilerOptions = { ...basis, ...options }
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['all.ts', 'program.ts'] }))
  expect(output(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], home)).toBe('')
}

/** Puts a package of this repository into the consumer. */
function borrow(name: string): void {
  const target = join(home, 'node_modules', name)
  mkdirSync(dirname(target), { recursive: true })
  symlinkSync(join(root, 'node_modules', name), target, 'dir')
}

function run(file: string, args: readonly string[], cwd: string): string {
  return execFileSync(file, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], shell: needsShell(file) })
}

/** What a command prints, whether it succeeds or not. */
function output(file: string, args: readonly string[], cwd: string): string {
  try {
    return run(file, args, cwd)
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout)
  }
}

function needsShell(file: string): boolean {
  return process.platform === 'win32' && file === 'npm'
}
