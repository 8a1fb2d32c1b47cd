import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { MIGRATIONS } from '../../../src/core/store/migrations/index.ts'
import type { Migration } from '../../../src/core/store/migrate.ts'
import { openConnection } from '../../../src/core/store/open.ts'
import { openProject, projectOf } from '../../../src/core/store/project.ts'
import { fill, projectFolder } from '../../helpers/projects.ts'

const folder = projectFolder()
const FORMAT = MIGRATIONS.length

const addColour: Migration = {
  version: FORMAT + 1,
  up(connection) {
    connection.execute(`ALTER TABLE sources ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'`)
  },
}

/** A closed project that holds three images. */
async function projectFile(): Promise<string> {
  const file = folder.file()
  const project = await openProject(file, { create: true })
  fill(project, 3)
  project.close()
  return file
}

function pragma(file: string, text: string): unknown {
  const db = new Database(file)
  const value = db.pragma(text, { simple: true })
  db.close()
  return value
}

/** Tables and indexes as SQL, by name. */
function schemaOf(file: string): unknown[] {
  const db = new Database(file, { readonly: true })
  const schema = db.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all()
  db.close()
  return schema
}

describe('opening', () => {
  it('makes a private file, strict tables, and asks SQLite for durable writes', async () => {
    const file = folder.file()
    const connection = folder.closing(await openConnection(file, { create: true }))
    expect(connection.pragma('journal_mode')).toBe('wal')
    expect(connection.pragma('synchronous')).toBe(2)
    expect(connection.pragma('foreign_keys')).toBe(1)
    expect(connection.pragma('user_version')).toBe(FORMAT)
    const loose = connection.prepare(`SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'`)
    expect(loose.all()).toEqual([])
    for (const name of readdirSync(dirname(file))) expect(statSync(join(dirname(file), name)).mode & 0o777).toBe(0o600)
    expect(readdirSync(dirname(file))).toEqual(expect.arrayContaining(['test.marquee', 'test.marquee-wal']))
  })

  it('does not make a project where none is asked for', async () => {
    const file = folder.file()
    await expect(openProject(file)).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining(file) as string })
    expect(existsSync(file)).toBe(false)
    await expect(openProject(join(file, 'x.marquee'), { create: true })).rejects.toMatchObject({ code: 'not-found' })
    mkdirSync(file)
    await expect(openProject(file, { create: true })).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('leaves a file of another program alone', async () => {
    const file = folder.file()
    const db = new Database(file)
    db.exec('CREATE TABLE theirs (x)')
    db.close()
    const bytes = readFileSync(file)
    await expect(openProject(file, { create: true })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('not a Marquee project') as string,
    })
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })

  it('says that an empty file is not a project, and fills it only when one may be made', async () => {
    const file = folder.file()
    writeFileSync(file, '')
    await expect(openProject(file)).rejects.toMatchObject({ code: 'project-corrupt' })
    folder.closing(await openProject(file, { create: true }))
    expect(pragma(file, 'user_version')).toBe(FORMAT)
  })
})

describe('migrating', () => {
  it.each(MIGRATIONS.map(({ version }) => version - 1))('from format %i gives the same tables as a new project', async (from) => {
    const file = folder.file()
    const old = await openConnection(file, { create: true }, MIGRATIONS.slice(0, from))
    old.close()
    folder.closing(await openProject(file))
    expect(schemaOf(file)).toEqual(schemaOf(await projectFile()))
    expect(existsSync(`${file}.v${String(from)}.backup`)).toBe(from > 0)
  })

  it('keeps what is there, and a whole private copy of what was', async () => {
    const file = await projectFile()
    const migrated = folder.closing(await openConnection(file, {}, [...MIGRATIONS, addColour]))
    expect(migrated.pragma('user_version')).toBe(FORMAT + 1)
    expect(migrated.prepare('SELECT root, colour FROM sources').all()).toEqual([{ root: '/photos', colour: 'grey' }])
    const backup = `${file}.v${String(FORMAT)}.backup`
    expect(statSync(backup).mode & 0o777).toBe(0o600)
    expect(existsSync(`${backup}.part`)).toBe(false)
    const copy = folder.closing(await openProject(backup))
    expect(copy.images.count()).toBe(3)
    expect(copy.check()).toEqual([])
  })

  it('goes back to where it was when a step fails, and checks references', async () => {
    const file = await projectFile()
    const dangling: Migration = { version: FORMAT + 2, up: (db) => db.execute('DELETE FROM sources') }
    await expect(openConnection(file, {}, [...MIGRATIONS, addColour, dangling])).rejects.toThrow('references to nothing')
    expect(pragma(file, 'user_version')).toBe(FORMAT + 1)
    const project = folder.closing(projectOf(await openConnection(file, {}, [...MIGRATIONS, addColour])))
    expect(project.sources.list()).toHaveLength(1)
  })

  it('refuses steps that are not numbered one by one', async () => {
    await expect(openConnection(folder.file(), { create: true }, [addColour, addColour])).rejects.toMatchObject({ code: 'internal' })
  })

  it('refuses a newer project by name and leaves it as it is', async () => {
    const file = await projectFile()
    pragma(file, `user_version = ${String(FORMAT + 6)}`)
    const bytes = readFileSync(file)
    await expect(openProject(file)).rejects.toMatchObject({
      code: 'project-newer',
      message: expect.stringMatching(/"test\.marquee" .*newer Marquee.*Update/) as string,
    })
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })
})

describe('damage and rights', () => {
  it('names a file that is no database, and leaves it', async () => {
    const file = folder.file()
    writeFileSync(file, 'these are not the bytes of a project '.repeat(100))
    await expect(openProject(file, { create: true })).rejects.toMatchObject({
      code: 'project-corrupt',
      message: expect.stringContaining('"test.marquee" is not a Marquee project') as string,
    })
    expect(readFileSync(file, 'utf8')).toContain('these are not')
  })

  it('names a project with damaged pages when it is read, and check() says what is wrong', async () => {
    const file = await projectFile()
    const bytes = readFileSync(file)
    bytes.fill(0xee, 4096)
    writeFileSync(file, bytes)
    const attempt = async () => {
      const project = folder.closing(await openProject(file))
      expect(project.check()).not.toEqual([])
      project.images.page(0, 10)
    }
    await expect(attempt()).rejects.toMatchObject({ code: 'project-corrupt' })
  })

  it('checks a project that was not closed before anything is done with it', async () => {
    const file = await projectFile()
    const bytes = readFileSync(file)
    // A page in the middle: the schema still reads, the tables do not.
    bytes.fill(0xee, bytes.length - 8192, bytes.length)
    writeFileSync(file, bytes)
    writeFileSync(`${file}-wal`, 'left by a crash')
    await expect(openProject(file)).rejects.toMatchObject({ code: 'project-corrupt' })
  })

  it('reads a project it may not write, and says so when asked to write', async () => {
    const connection = folder.closing(await openConnection(await projectFile()))
    connection.pragma('query_only = ON')
    const project = projectOf(connection)
    expect(project.images.count()).toBe(3)
    expect(() => project.labels.ensure('dog')).toThrow(expect.objectContaining({ code: 'read-only', message: expect.stringContaining('writable') as string }))
    expect(project.labels.list()).toHaveLength(1)
  })

  it.skipIf(process.getuid?.() === 0)('the same for a file without write permission (not as root, who may write all)', async () => {
    const file = await projectFile()
    chmodSync(file, 0o400)
    const project = folder.closing(await openProject(file))
    expect(project.images.count()).toBe(3)
    expect(() => project.labels.ensure('dog')).toThrow(expect.objectContaining({ code: 'read-only' }))
  })
})
