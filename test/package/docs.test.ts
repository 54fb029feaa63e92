/** The examples of docs/testing.md are files: they are written out, type-checked and run, on the package as it is packed. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const examples = read(readFileSync(join(root, 'docs/testing.md'), 'utf8'))
let home = ''

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'lockstep-docs-'))
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', home], root)
  mkdirSync(join(home, 'node_modules/lockstep'), { recursive: true })
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const tarball = join(home, `lockstep-${version}.tgz`)
  run('tar', ['-xzf', tarball, '-C', join(home, 'node_modules/lockstep'), '--strip-components', '1'], home)
  for (const name of ['electron', '@types/node', 'undici-types', 'vitest', 'vite', 'ws']) borrow(name)
  write('package.json', JSON.stringify({ name: 'examples', private: true, type: 'module' }))
  for (const { file, code } of examples) write(file, code)
})

afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

test('every block names its file, once', () => {
  expect(examples.length).toBeGreaterThan(8)
  expect(new Set(examples.map(({ file }) => file)).size).toBe(examples.length)
})

test('the examples are of the right types', () => {
  const compilerOptions = {
    ...{ target: 'ES2022', module: 'NodeNext', lib: ['ES2022', 'DOM'], types: ['node'] },
    ...{ strict: true, noEmit: true, noUnusedLocals: true, allowImportingTsExtensions: true, skipLibCheck: true },
  }
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['**/*.ts'], exclude: ['node_modules'] }))
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], home)
})

test('the examples for Vitest pass', () => {
  const files = examples.filter(({ file }) => file.endsWith('.test.ts')).map(({ file }) => file)
  const report = join(home, 'report.json')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  run(process.execPath, [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile=${report}`], home)
  const { success, testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    success: boolean
    testResults: { name: string; status: string }[]
  }
  expect(success).toBe(true)
  expect(new Set(testResults.map(({ name, status }) => `${basename(name)} ${status}`))).toEqual(
    new Set(files.map((file) => `${file} passed`)),
  )
})

test('the examples for node:test pass', () => {
  const files = examples.filter(({ file }) => file.endsWith('.node-test.ts')).map(({ file }) => file)
  expect(files).toHaveLength(1)
  const out = run(process.execPath, ['--test', '--experimental-test-module-mocks', ...files], home)
  expect(out).toMatch(/pass 1\n/)
})

interface Example {
  readonly file: string
  readonly code: string
}

/** The blocks of TypeScript; the first line of each is a comment with the name of its file. */
function read(markdown: string): Example[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => {
    const file = /^\/\/ ([\w./-]+\.ts)\n/.exec(code)?.[1]
    if (file === undefined) throw new Error(`A block does not begin with the name of its file:\n${code}`)
    return { file, code }
  })
}

function write(file: string, text: string): void {
  const path = join(home, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** Puts a package of this repository beside the examples. */
function borrow(name: string): void {
  const target = join(home, 'node_modules', name)
  mkdirSync(dirname(target), { recursive: true })
  symlinkSync(join(root, 'node_modules', name), target, 'dir')
}

/** What a command prints; throws with all of it if it fails. */
function run(file: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(file, args, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && file === 'npm',
      // Not those of the Vitest that runs this.
      env: Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS|NODE_TEST)/.test(name)),
      ),
    })
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${file} ${args.join(' ')} failed:\n${stdout ?? ''}${stderr ?? ''}`, { cause: error })
  }
}
