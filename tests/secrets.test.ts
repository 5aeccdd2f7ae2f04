import { afterAll, describe, expect, test } from 'bun:test'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../src/config.ts'
import { makeKey } from '../src/crypto/keyring.ts'
import { randomToken } from '../src/crypto/keys.ts'
import { loadSecrets } from '../src/secrets.ts'

const root = mkdtempSync(join(tmpdir(), 'parley-secrets-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let made = 0
const freshDir = () => join(root, String(++made), 'data')
const load = (DATA_DIR: string, env: Record<string, string> = {}) =>
  loadSecrets(readConfig({ DATA_DIR, ...env }))

describe('secrets of an embedded database', () => {
  test('are made on the first run, for this user only, and stay the same', () => {
    const directory = freshDir()
    const first = load(directory)
    expect(first.sources).toEqual({ SECRET_KEY: 'file', ENCRYPTION_KEY: 'file' })
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    expect(statSync(join(directory, 'secrets.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(directory)).toEqual(['secrets.json'])
    mkdirSync(join(directory, 'db'))
    expect(load(directory)).toEqual(first)
    expect(load(freshDir()).secretKey).not.toBe(first.secretKey)
  })

  test('are not used if the environment has them, and then nothing is written', () => {
    const directory = freshDir()
    const env = { SECRET_KEY: randomToken(), ENCRYPTION_KEY: makeKey() }
    const secrets = load(directory, env)
    expect(secrets.secretKey).toBe(env.SECRET_KEY)
    expect(secrets.sources).toEqual({ SECRET_KEY: 'environment', ENCRYPTION_KEY: 'environment' })
    expect(() => statSync(directory)).toThrow('ENOENT')
  })

  test('are created one by one: only those that the environment lacks', () => {
    const directory = freshDir()
    const first = load(directory, { ENCRYPTION_KEY: makeKey() })
    expect(Object.keys(JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')))).toEqual([
      'secret_key',
      'first_start',
    ])
    const second = load(directory)
    expect(second.secretKey).toBe(first.secretKey)
    expect(load(directory)).toEqual(second)
  })

  // A file was written into a directory of this name, next to wherever the tests ran.
  test('of a database in memory are kept in memory too', () => {
    const first = load(':memory:')
    expect(first.sources).toEqual({ SECRET_KEY: 'file', ENCRYPTION_KEY: 'file' })
    expect(existsSync(':memory:')).toBe(false)
    expect(load(':memory:').secretKey).not.toBe(first.secretKey)
  })

  test('are never created again while there are messages that need the old key', () => {
    const directory = freshDir()
    load(directory)
    mkdirSync(join(directory, 'db'))
    rmSync(join(directory, 'secrets.json'))
    expect(() => load(directory)).toThrow(/has messages.*set ENCRYPTION_KEY/)
    expect(readdirSync(directory)).toEqual(['db'])
    const ENCRYPTION_KEY = makeKey()
    expect(load(directory, { ENCRYPTION_KEY }).keyring.current.id).toBe(ENCRYPTION_KEY.split(':')[0]!)
  })

  test('are refused when their file is damaged, and it is left as it is', () => {
    for (const text of [
      '',
      '{',
      'null',
      '{"secret_key":"short"}',
      '{"encryption_key":"k:AAAA"}',
      '{"encryption_key":7}',
    ]) {
      const directory = freshDir()
      mkdirSync(join(directory, 'db'), { recursive: true })
      writeFileSync(join(directory, 'secrets.json'), text)
      expect(() => load(directory)).toThrow(/secrets\.json/)
      expect(readFileSync(join(directory, 'secrets.json'), 'utf8')).toBe(text)
    }
  })

  test('are closed to others again when a backup brought them back open', () => {
    const directory = freshDir()
    load(directory)
    chmodSync(join(directory, 'secrets.json'), 0o644)
    load(directory)
    expect(statSync(join(directory, 'secrets.json')).mode & 0o777).toBe(0o600)
  })

  test('are the same for processes that make them at the same time', async () => {
    const directory = freshDir()
    const rounds = 40
    const begin = Date.now() + 300
    // Each round begins in all processes in the same millisecond, so that some of them do collide.
    const script = `
      const { loadSecrets } = await import(${JSON.stringify(join(import.meta.dir, '../src/secrets.ts'))})
      const { readConfig } = await import(${JSON.stringify(join(import.meta.dir, '../src/config.ts'))})
      for (let round = 0; round < ${rounds}; round++) {
        const config = readConfig({ DATA_DIR: ${JSON.stringify(directory)} + round })
        while (Date.now() < ${begin} + round * 10);
        console.log(loadSecrets(config).secretKey)
      }`
    const processes = Array.from({ length: 3 }, () =>
      Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe', stderr: 'pipe' }),
    )
    const printed = await Promise.all(processes.map((each) => new Response(each.stdout).text()))
    const stored = Array.from(
      { length: rounds },
      (_, round) => `${load(directory + round).secretKey}\n`,
    ).join('')
    for (const each of printed) expect(each).toBe(stored)
    for (let round = 0; round < rounds; round++)
      expect(readdirSync(directory + round)).toEqual(['secrets.json'])
  })
})
