import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { commands } from '../../src/cli/commands.ts'
import { nearestName } from '../../src/cli/nearest.ts'
import { makeKey } from '../../src/crypto/keyring.ts'
import { repository } from '../support/child.ts'
import { runCommand } from '../support/command-line.ts'

const parley = (...words: string[]) => runCommand(words, {})
const complaint = async (...words: string[]) => {
  const { code, stdout, stderr } = await parley(...words)
  expect(stdout).toBe('')
  return [code, stderr]
}

test('help names every command, fits into 80 columns and tells the exit codes', async () => {
  for (const words of [[], ['help'], ['--help'], ['-h']]) {
    const { code, stdout, stderr } = await parley(...words)
    expect([code, stderr]).toEqual([0, ''])
    for (const [name, { summary }] of Object.entries(commands)) {
      expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
      expect(stdout).toContain(summary.split(' ').slice(0, 3).join(' '))
    }
    expect(stdout).toMatch(/Exit codes: 0 done, 1 .*, 2 .*, 130 /)
    expect(stdout.split('\n').length).toBeLessThanOrEqual(24)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  }
})

test('every command and every action explains itself: its usage, each option, an example, in 80 columns', async () => {
  for (const [name, { load }] of Object.entries(commands)) {
    const command = await load()
    const ways = 'actions' in command ? Object.entries(command.actions) : ([['', command]] as const)
    for (const [action, { usage, options = {}, examples = [] }] of ways) {
      const words = action === '' ? [name] : [name, action]
      expect(usage).toStartWith(`parley ${words.join(' ')}`)
      const { code, stdout, stderr } = await parley('help', ...words)
      expect([code, stderr]).toEqual([0, ''])
      expect(Math.max(...stdout.split('\n').map((line) => Bun.stringWidth(line)))).toBeLessThanOrEqual(80)
      for (const option of Object.keys(options)) {
        expect(stdout).toMatch(new RegExp(`^  --${option}( <[^>]+>)? +\\S`, 'm'))
      }
      for (const example of examples) expect(stdout).toContain(`  ${example}\n`)
    }
  }
})

test('help is found from either side', async () => {
  const { stdout: asked } = await parley('help', 'user', 'role')
  expect(asked).toContain('parley user role <username> admin|user')
  expect(asked).toMatch(/Examples:\n {2}parley user role/)
  expect((await parley('user', 'role', '--help')).stdout).toBe(asked)
  expect((await parley('user', 'role', 'ben', '-h')).stdout).toBe(asked)
  const { stdout: family } = await parley('user', '--help')
  expect(family).toMatch(/^ {2}password +\S/m)
  expect((await parley('help', 'user')).stdout).toBe(family)
})

test('what does not exist is refused with the nearest name and where to read on', async () => {
  expect(await complaint('serv')).toEqual([
    2,
    'parley: There is no command "serv". Did you mean "serve"? See: parley help\n',
  ])
  expect(await complaint('help', 'rooom')).toEqual([
    2,
    'parley: There is no command "rooom". Did you mean "room"? See: parley help\n',
  ])
  expect(await complaint('user', 'pasword', 'ada')).toEqual([
    2,
    'parley: There is no "parley user pasword". Did you mean "password"? See: parley help user\n',
  ])
  expect(await complaint('user', 'create', 'ada', '--rol', 'admin')).toEqual([
    2,
    'parley: There is no option --rol. Did you mean --role? See: parley help user create\n',
  ])
  expect(await complaint('frobnicate')).toEqual([
    2,
    'parley: There is no command "frobnicate". See: parley help\n',
  ])
  // Names that every object has.
  expect(await complaint('constructor')).toEqual([
    2,
    'parley: There is no command "constructor". See: parley help\n',
  ])
  expect((await complaint('seed', '--toString'))[0]).toBe(2)
})

test('words that are missing, too many or wrong are refused', async () => {
  const cases: [string[], string][] = [
    [['user'], 'Choose one of: create, list, role, ban, password, erase. See: parley help user'],
    [['user', 'create'], '<username> is missing. See: parley help user create'],
    [['user', 'role', 'ada'], '<admin|user> is missing. See: parley help user role'],
    [
      ['user', 'role', 'ada', 'boss'],
      'The role must be admin or user, not "boss". See: parley help user role',
    ],
    [['user', 'list', 'ada'], 'Unexpected argument "ada". See: parley help user list'],
    [['user', 'create', 'ada', '--role'], '--role needs a value. See: parley help user create'],
    [['user', 'create', 'ada', '--name', '--role'], '--name needs a value. See: parley help user create'],
    [['user', 'list', '--json=yes'], '--json takes no value. See: parley help user list'],
    [['user', 'list', '-j'], 'There is no option -j. See: parley help user list'],
    [['version', 'now'], 'Unexpected argument "now". See: parley help version'],
    [['token'], '<username>… is missing. See: parley help token'],
    [
      ['room', 'delete', 'general'],
      'There is no terminal to ask on: add --yes. See: parley help room delete',
    ],
  ]
  for (const [words, says] of cases) expect(await complaint(...words)).toEqual([2, `parley: ${says}\n`])
})

test('with --json a complaint is JSON too, on standard error', async () => {
  const { code, stdout, stderr } = await parley('user', 'role', 'ada', 'boss', '--json')
  expect([code, stdout]).toEqual([2, ''])
  expect(JSON.parse(stderr)).toEqual({
    code: 'usage',
    message: 'The role must be admin or user, not "boss". See: parley help user role',
  })
  const wrong = await runCommand(['config', '--json'], { env: { PORT: 'many', SIGNUP: 'never' } })
  expect([wrong.code, wrong.stdout]).toEqual([1, ''])
  const { code: kind, message } = JSON.parse(wrong.stderr)
  expect(kind).toBe('config')
  expect(message).toMatch(/PORT must be a whole number.*SIGNUP must be/)
})

test('a suggestion is a name that begins so, or that differs in a letter or two', () => {
  const names = ['serve', 'seed', 'version', 'restore', 'room', 'role']
  expect(['ver', 'Serve', 'sede', 'restroe', 'rm', 'nope'].map((typed) => nearestName(typed, names))).toEqual(
    ['version', 'serve', 'seed', 'restore', undefined, undefined],
  )
  expect(nearestName('se', names)).toBeUndefined()
})

test('version and help load nothing of the server', async () => {
  const transpiler = new Bun.Transpiler({ loader: 'ts' })
  const seen = new Set<string>()
  const packages = new Set<string>()
  const visit = async (file: string): Promise<void> => {
    if (seen.has(file)) return
    seen.add(file)
    for (const { path, kind } of transpiler.scanImports(await Bun.file(file).text())) {
      if (kind === 'dynamic-import') continue
      if (!path.startsWith('.')) packages.add(path)
      else if (path.endsWith('.ts')) await visit(join(file, '..', path))
    }
  }
  await visit(join(repository, 'src/main.ts'))
  await visit(join(repository, 'src/cli/version.ts'))
  const files = [...seen].map((file) => file.slice(repository.length + 5)).sort()
  expect(files).toContain('cli/commands.ts')
  expect(files.filter((file) => !file.startsWith('cli/'))).toEqual([
    'config/mistyped.ts',
    'main.ts',
    'reasons.ts',
    'stop-signals.ts',
    'text/instant.ts',
    'text/plain.ts',
    'tui/style.ts',
    'version.ts',
  ])
  expect([...packages].filter((name) => !name.startsWith('node:'))).toEqual([])
})

test('the settings are printed with value and source, and no secret', async () => {
  const env = {
    DATABASE_URL: 'postgres://parley:hush@db.example.org/parley',
    SECRET_KEY: 'a secret that is long enough, so it seems',
    ENCRYPTION_KEY: makeKey(),
    METRICS: 'token:0123456789abcdef',
    PORT: '9000',
  }
  const { stdout } = await runCommand(['config'], { env })
  expect(stdout).toContain('PORT=9000 (from the environment)\n    Port to listen on')
  expect(stdout).toContain('HOST=127.0.0.1 (by default)\n')
  expect(stdout).toContain('PUBLIC_URL= (not set)\n')
  expect(stdout).toContain('SECRET_KEY=[hidden] (from the environment)')
  for (const secret of ['hush', 'a secret that', env.ENCRYPTION_KEY, '0123456789abcdef'])
    expect(stdout).not.toContain(secret)
  const meanings = stdout.split('\n').filter((line) => line.startsWith(' '))
  expect(Math.max(...meanings.map((line) => line.length))).toBeLessThanOrEqual(80)
  const { stdout: json } = await runCommand(['config', '--json'], { env })
  const described = JSON.parse(json) as { name: string; meaning: string; value?: string; source: string }[]
  expect(described.find(({ name }) => name === 'PORT')).toMatchObject({
    value: '9000',
    source: 'environment',
  })
  expect(described.every(({ meaning }) => meaning.length > 10)).toBe(true)
  expect(await runCommand(['config', '--check'], { env })).toMatchObject({
    code: 0,
    stdout: 'the settings are valid\n',
  })
  expect(await runCommand(['config', '--check'], { env: { DATABASE_URI: 'postgres://x' } })).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'parley: DATABASE_URI is not a setting; did you mean DATABASE_URL? Rename or remove it.\n',
  })
})

test('a reader that closes the pipe early ends the output quietly; a full disk is reported', async () => {
  const shell = async (line: string) => {
    const script = `${process.execPath} ${join(repository, 'src/main.ts')} ${line}`
    const ran = Bun.spawn(['bash', '-c', script], {
      env: { PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [stdout, stderr] = await Promise.all(
      [ran.stdout, ran.stderr].map((stream) => new Response(stream).text()),
    )
    return { code: await ran.exited, stdout, stderr }
  }
  expect(await shell('config | head -n 1')).toEqual({
    code: 0,
    stdout: 'HOST=127.0.0.1 (by default)\n',
    stderr: '',
  })
  expect(await shell('config | true; echo $PIPESTATUS')).toEqual({
    code: 0,
    stdout: '0\n',
    stderr: '',
  })
  const full = await shell('version > /dev/full')
  expect(full.code).toBe(1)
  expect(full.stderr).toContain('the disk is full')
})
