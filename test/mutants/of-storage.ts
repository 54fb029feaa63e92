import { mutants, type Mutant } from './mutant.ts'

export const ofStorage: readonly Mutant[] = [
  ...mutants(
    'src/source/persistence.ts',
    [
      'says that all is saved before it is',
      '      this.#waiters.push({ revision: this.#source.revision, resolve, reject })\n',
      '      resolve()\n      void reject\n',
    ],
    [
      'takes for saved what was committed while it wrote',
      '      this.#stored(to, key)\n    }\n    if (state',
      '      this.#stored(this.#source.revision, key)\n    }\n    if (state',
    ],
    [
      'answers those as well who came while it wrote',
      'if (waiter.revision <= revision) waiter.resolve()',
      'waiter.resolve()',
    ],
    [
      'says that it has saved what it could not',
      '      this.#fail(error as SyncError, attempted)\n',
      '      this.#stored(attempted, this.#savedStreams)\n',
    ],
    ['never tries again', 'this.#wait(Math.min(longestRetry', 'void (Math.min(longestRetry'],
    ['stores a commit twice', 'this.#source.since(this.#saved)', 'this.#source.since(Math.max(0, this.#saved - 1))'],
    ['appends to the journal of another state', 'this.#saved = options.stored ? 0 : -1', 'this.#saved = 0'],
    ['looks at each piece of a stream', "    if (isUnderWay && state !== 'saved') return\n", ''],
    [
      'says that all is saved to who has just changed something',
      "if (isUnderWay && state !== 'saved') return",
      'if (isUnderWay) return',
    ],
    ['never waits for its interval', 'this.#wait(this.#options.saveInterval, true)', 'this.#wait(0, true)'],
    ['writes twice at once', 'this.#running ??= this.#run()', 'this.#running = this.#run()'],
    [
      'lets go of its storage without saving',
      '      do await this.saved()\n      while (this.#options.readOnly === undefined && !this.#upToDate())\n',
      '',
    ],
    [
      'forgets at its end a writer that ended while it wrote',
      'while (this.#options.readOnly === undefined && !this.#upToDate())',
      'while (this.#upToDate() === undefined)',
    ],
    [
      'saves what it may not',
      'if (this.#options.readOnly !== undefined || this.#upToDate()) return',
      'if (this.#upToDate()) return',
    ],
    [
      'saves what it may not when it is closed',
      'if (readOnly !== undefined || this.#upToDate()) return',
      'if (this.#upToDate()) return',
    ],
  ),
  ...mutants(
    'src/source/stored.ts',
    ['takes records that do not go on from there', 'next?.from !== revision', 'next === undefined'],
    ["takes another store's state for its own", "header['store'] !== store || ", ''],
  ),
  ...mutants(
    'src/source/open.ts',
    [
      'forgets which texts were being written',
      'interrupted: (restored?.streams ?? []).filter(isText)',
      'interrupted: []',
    ],
    ['keeps its storage when it cannot be opened', '    await storage.close()\n    throw error', '    throw error'],
    [
      'takes a migrated state for the stored one',
      'restored !== undefined && !older && storage',
      'restored !== undefined && storage',
    ],
  ),
  ...mutants(
    'src/storage/format.ts',
    [
      'takes records without looking at their checksum',
      '  if (recordChecksum(id, number, [payload]) !== header[3]) return undefined\n',
      '',
    ],
    [
      'takes snapshots without looking at their checksum',
      "checksum(createHash('sha256').update(bytes.subarray(0, textEnd))) !== trailer[2]",
      "trailer[2] === ''",
    ],
    ['takes a record of another journal for its own', 'update(`${id} ${number}\\n`)', 'update(`${number}\\n`)'],
  ),
  ...mutants(
    'src/storage/journal-file.ts',
    [
      'says that a record is stored before it is synced',
      '    try {\n      await this.#file.sync()\n    } catch (error) {\n      // What',
      '    try {\n    } catch (error) {\n      // What',
    ],
    ['does not sync the folder of a new journal', '      await this.#fileSystem.syncFolder(this.#folder)\n', ''],
    [
      'goes on behind a record that was not written whole',
      '      await this.cut()\n      throw error',
      '      this.#length += 1\n      throw error',
    ],
  ),
  ...mutants(
    'src/storage/snapshot-file.ts',
    ['writes in place', 'const temporary = `${path}.tmp`', 'const temporary = path'],
    ['renames what is not synced', '      await file.sync()\n    } finally', '    } finally'],
    [
      'does not sync the folder after renaming',
      '    await fileSystem.syncFolder(folder)\n    return { bytes',
      '    return { bytes',
    ],
    [
      'gives up when a file is held for a moment',
      "!['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error) ?? '')",
      'true',
    ],
    ['takes a rename that failed for one that was not done', "there: kind !== 'nothing', error", 'there: false, error'],
  ),
  ...mutants('src/storage/file-system.ts', [
    'takes a short write for a whole one',
    'done += written',
    'done = bytes.length',
  ]),
  ...mutants(
    'src/storage/file-store.ts',
    [
      'keeps no generation before the newest',
      'this.#removeBefore(before?.number ?? number)',
      'this.#removeBefore(number)',
    ],
    [
      'removes the old generation before the new one is there',
      '    const identity = newIdentity(number, this.#generation?.id)\n',
      '    await this.#removeBefore(number)\n    const identity = newIdentity(number, this.#generation?.id)\n',
    ],
    [
      'wipes what was damaged',
      'await this.#fileSystem.rename(location, quarantine).catch',
      'await this.#fileSystem.remove(location).catch',
    ],
  ),
  ...mutants(
    'src/storage/lock.ts',
    [
      'opens what another process has open',
      'return name\n    await removeIfThere',
      'continue\n    await removeIfThere',
    ],
    [
      'never takes over from a process that has died',
      'if (await processes.isRunning(Number(match[1]), match[2] as string)) return name',
      'return name',
    ],
    ['keeps its lock when it has lost', '    await release()\n    if (attempt', '    if (attempt'],
  ),
  ...mutants('src/storage/memory.ts', ['lets two open one store', 'opened?.closed === false', 'opened === null']),
]
