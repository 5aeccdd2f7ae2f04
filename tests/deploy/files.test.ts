import { describe, expect, test } from 'bun:test'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { YAML } from 'bun'
import packageJson from '../../package.json' with { type: 'json' }
import { readArguments } from '../../src/cli/arguments.ts'
import { backup } from '../../src/cli/backup.ts'
import { settings } from '../../src/config/settings.ts'
import { readConfig } from '../../src/config.ts'
import { repository } from '../support/child.ts'
import { runCommand } from '../support/command-line.ts'

const read = (name: string) => Bun.file(join(repository, 'deploy', name)).text()

/** From serve.ts: how long stopping may take. */
const stopSeconds = 29

describe('deploy/Dockerfile', async () => {
  const lines = await read('Dockerfile')
  const admitted = (await read('Dockerfile.dockerignore')).matchAll(/^!(.+)$/gm).map(([, path]) => path!)
  const context = [...admitted]

  test('builds with the Bun of package.json', () => {
    expect(lines).toContain(`ARG BUN_IMAGE=oven/${packageJson.packageManager.replace('@', ':')}\n`)
  })

  test('finds everything that it copies, and what the build reads is all there', () => {
    const copied = [...lines.matchAll(/^COPY (?!--from)(.+) \.\/$/gm)].flatMap(([, names]) =>
      names!.split(' '),
    )
    expect(copied.filter((name) => !context.includes(name))).toEqual([])
    const place = mkdtempSync(join(tmpdir(), 'parley-image-'))
    try {
      for (const path of context) cpSync(join(repository, path), join(place, path), { recursive: true })
      symlinkSync(join(repository, 'node_modules'), join(place, 'node_modules'))
      const command = /^RUN bun run (build .*)$/m.exec(lines)![1]!.replace('/parley/', `${place}/`)
      const built = Bun.spawnSync([process.execPath, 'run', ...command.split(' ')], { cwd: place })
      expect(built.stderr.toString()).not.toContain('error:')
      expect(existsSync(join(place, 'dist/parley'))).toBe(true)
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  })
})

type Service = {
  image?: string
  environment: Record<string, unknown>
  command?: string[]
  entrypoint?: string[]
  build?: { args: Record<string, string> }
  ports: string[]
  volumes: string[]
  stop_grace_period: string
}

/** As Compose puts variables in, the innermost first: `${NAME}`, `${NAME:-default}`, `${NAME:?why}`; `$$` is a dollar. */
function interpolated(text: string, variables: Record<string, string>): string {
  const innermost = /(?<!\$)\$\{([A-Z_]+)(?::([-?])([^{}]*))?\}/
  for (;;) {
    const found = innermost.exec(text)
    if (!found) return text.replaceAll('$$', '$')
    const [whole, name = '', sign, rest = ''] = found
    const value = variables[name] || (sign === '-' ? rest : '')
    if (sign === '?' && value === '') throw new Error(`${name} ${rest}`)
    text = text.replace(whole, () => value)
  }
}

describe('deploy/compose.yaml', async () => {
  const text = await read('compose.yaml')
  const { services } = YAML.parse(text) as {
    services: { parley: Service; backup: Service; postgres: Service }
  }
  const { environment, stop_grace_period, ports, build } = services.parley
  const example = Object.fromEntries(
    [...(await read('.env.example')).matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [
      name!,
      value!,
    ]),
  )
  const used = [...text.matchAll(/\$\{([A-Z_]+)(.)/g)]
  const secretNames = ['POSTGRES_PASSWORD', 'SECRET_KEY', 'ENCRYPTION_KEY']
  const made = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')
  const secrets = Object.fromEntries(secretNames.map((name) => [name, made()]))
  /** The environment in the container. */
  const inside = (chosen: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [
        name,
        interpolated(String(value), { ...example, ...secrets, ...chosen }),
      ]),
    )

  test('asks for what .env.example explains, and for nothing else', () => {
    expect([...new Set(used.map(([, name]) => name!))].sort()).toEqual(Object.keys(example).sort())
  })

  test('contains no secret: without one from outside it does not start', () => {
    expect(secretNames.map((name) => example[name])).toEqual(['', '', ''])
    const optional = used.filter(([, name = '', sign]) => secretNames.includes(name) && sign !== ':')
    expect(optional).toEqual([])
    expect(text).not.toMatch(/\$\{(POSTGRES_PASSWORD|SECRET_KEY|ENCRYPTION_KEY):[^?]/)
    for (const name of secretNames) expect(() => inside({ [name]: '' })).toThrow(name)
  })

  // METRICS, CORS_ORIGINS, ROOM_CREATION, ACCESS_TOKEN_EXPIRE_MINUTES and LOG_LEVEL in .env did nothing, and nobody said so.
  test('hands on every setting that Parley has', () => {
    const names = Object.values(settings).map(({ name }) => name)
    expect(Object.keys(environment).sort()).toEqual([...names].sort())
    const ofContainer = ['HOST', 'PORT', 'DATA_DIR']
    for (const name of names.filter((name) => !ofContainer.includes(name)))
      expect([name, inside({ [name]: 'chosen-value' })[name]]).toEqual([name, 'chosen-value'])
    expect(interpolated(ports[0]!, { HOST: '10.1.2.3', PORT: '9000' })).toBe('10.1.2.3:9000:8000')
  })

  test('means nothing by an empty setting, and publishes to this machine only', () => {
    const { written: _, ...config } = readConfig(inside({}))
    const { SECRET_KEY = '', ENCRYPTION_KEY = '', POSTGRES_PASSWORD } = secrets
    const { written: __, ...least } = readConfig({
      DATABASE_URL: `postgres://parley:${POSTGRES_PASSWORD}@postgres:5432/parley`,
      ...{ SECRET_KEY, ENCRYPTION_KEY, PUBLIC_URL: 'https://chat.example.org' },
      ...{
        HOST: '0.0.0.0',
        PORT: '8000',
        DATA_DIR: '/data',
        SIGNUP: 'invite',
        TRUSTED_PROXIES: '172.30.83.1',
      },
    })
    expect(config).toEqual(least)
    expect(ports.map((port) => interpolated(port, example))).toEqual(['127.0.0.1:8000:8000'])
  })

  test('lets Parley finish requests in progress', () => {
    expect(Number.parseInt(stop_grace_period, 10)).toBeGreaterThan(stopSeconds)
  })

  test('builds from the images of the Dockerfile, and every image can be pinned', async () => {
    const dockerfile = await read('Dockerfile')
    for (const [name, value] of Object.entries(build!.args)) {
      expect(dockerfile).toContain(`ARG ${name}=${interpolated(value, {})}\n`)
      expect(dockerfile).toContain(`FROM \${${name}}`)
      expect(interpolated(value, { [name]: 'x@sha256:0' })).toBe('x@sha256:0')
    }
    expect([...dockerfile.matchAll(/^FROM /gm)]).toHaveLength(Object.keys(build!.args).length)
    expect(interpolated(services.postgres.image!, { POSTGRES_IMAGE: 'x@sha256:0' })).toBe('x@sha256:0')
  })

  test('makes a backup when the last one is a day old, and stops at once', async () => {
    const { entrypoint, command, environment: settingsOfBackup } = services.backup
    expect(settingsOfBackup).toMatchObject(environment)
    const place = mkdtempSync(join(tmpdir(), 'parley-compose-'))
    const backups = join(place, 'backups')
    mkdirSync(backups)
    const env = { PATH: `${place}:${process.env.PATH}`, BACKUPS_KEPT: '2', DATA_DIR: join(place, 'data') }
    const executable = (name: string, lines: string) =>
      writeFileSync(join(place, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 })
    executable('parley', `cd ${repository} && exec ${process.execPath} src/main.ts "$@"`)
    executable('sleep', 'echo "sleeps as $$."; exec /bin/sleep "$@" >&- 2>&-')
    const script = interpolated(command![0]!, {}).replaceAll('/backups', backups)
    const names = () => readdirSync(backups).sort()
    /** Until it sleeps for the first time. */
    const runOnce = async () => {
      const child = Bun.spawn([...entrypoint!, script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
      let said = ''
      for await (const bytes of child.stdout) {
        said += new TextDecoder().decode(bytes)
        if (/sleeps as \d+\./.test(said)) break
      }
      child.kill('SIGTERM')
      expect(await child.exited).toBe(0)
      // In a container nothing outlives the first process.
      process.kill(Number(/sleeps as (\d+)\./.exec(said)![1]))
    }
    try {
      expect((await runCommand(['migrate'], { env })).code).toBe(0)
      await runOnce()
      const first = names()
      expect(first).toHaveLength(1)
      await runOnce()
      expect(names()).toEqual(first)
      const old = (name: string, days: number) => {
        const path = join(backups, name)
        writeFileSync(path, '')
        const then = new Date(Date.now() - days * 86_400_000)
        utimesSync(path, then, then)
      }
      rmSync(join(backups, first[0]!))
      old('parley-2020-01-01T030000Z.backup', 3)
      old('parley-2020-01-02T030000Z.backup', 2)
      await runOnce()
      expect(names()).toEqual(['parley-2020-01-02T030000Z.backup', expect.not.stringContaining('2020')])
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  })
})

const analyze = Bun.which('systemd-analyze')

describe('deploy/parley.service', async () => {
  const unit = await read('parley.service')
  const ofBackup = await read('parley-backup.service')
  const timer = await read('parley-backup.timer')

  test('lets Parley finish requests in progress', () => {
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(stopSeconds)
  })

  test('the unit of the backup has the same settings and the same bounds', () => {
    const bounds =
      /^(Protect|Private|No|Capability|Ambient|Restrict|Remove|Lock|SystemCall|UMask|User|Group|Environment)/
    const same = unit.split('\n').filter((line) => bounds.test(line))
    expect(same.length).toBeGreaterThan(20)
    expect(same.filter((line) => !ofBackup.split('\n').includes(line))).toEqual([])
    expect(timer).toContain('OnCalendar=')
  })

  test('the command of the backup is one that Parley understands', () => {
    const [, name, ...words] = /^ExecStart=(.+)$/m.exec(ofBackup)![1]!.split(' ')
    expect(name).toBe('backup')
    expect(readArguments(words, backup).options).toEqual({ into: '/var/lib/parley-backups', keep: '14' })
  })

  test.skipIf(!analyze)(
    'is what systemd understands, and leaves little to attack; so is its backup',
    async () => {
      const place = mkdtempSync(join(tmpdir(), 'parley-unit-'))
      try {
        const names = ['parley.service', 'parley-backup.service', 'parley-backup.timer']
        for (const name of names)
          await Bun.write(
            join(place, name),
            (await read(name)).replaceAll('/usr/local/bin/parley', '/bin/true'),
          )
        const verified = Bun.spawnSync([
          analyze!,
          'verify',
          '--man=no',
          ...names.map((name) => join(place, name)),
        ])
        expect(verified.stderr.toString()).toBe('')
        for (const name of names.slice(0, 2)) {
          // 10 is a service without any bounds, 1.4 what this one had when it was written.
          const judged = Bun.spawnSync([
            analyze!,
            'security',
            '--offline=true',
            '--threshold=15',
            join(place, name),
          ])
          expect([name, judged.exitCode]).toEqual([name, 0])
        }
      } finally {
        rmSync(place, { recursive: true, force: true })
      }
    },
  )
})
