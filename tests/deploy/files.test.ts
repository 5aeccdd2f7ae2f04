import { describe, expect, test } from 'bun:test'
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { YAML } from 'bun'
import packageJson from '../../package.json' with { type: 'json' }
import { settings } from '../../src/config/settings.ts'
import { readConfig } from '../../src/config.ts'
import { repository } from '../support/child.ts'

const read = (name: string) => Bun.file(join(repository, 'deploy', name)).text()

/** From serve.ts: how long stopping may take. */
const stopSeconds = 29

describe('deploy/Dockerfile', async () => {
  const lines = await read('Dockerfile')
  const admitted = (await read('Dockerfile.dockerignore')).matchAll(/^!(.+)$/gm).map(([, path]) => path!)
  const context = [...admitted]

  test('builds with the Bun of package.json', () => {
    expect(lines).toContain(`FROM oven/${packageJson.packageManager.replace('@', ':')} AS build\n`)
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

describe('deploy/compose.yaml', async () => {
  type Service = { environment: Record<string, string>; stop_grace_period: string; ports: string[] }
  const text = await read('compose.yaml')
  const { services } = YAML.parse(text) as { services: { parley: Service } }
  const { environment, stop_grace_period, ports } = services.parley
  const example = Object.fromEntries(
    [...(await read('.env.example')).matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [
      name!,
      value!,
    ]),
  )
  const used = [...text.matchAll(/\$\{([A-Z_]+)(.)/g)]

  test('asks for what .env.example explains, and for nothing else', () => {
    expect([...new Set(used.map(([, name]) => name!))].sort()).toEqual(Object.keys(example).sort())
  })

  test('contains no secret: without one from outside it does not start', () => {
    const secrets = ['POSTGRES_PASSWORD', 'SECRET_KEY', 'ENCRYPTION_KEY']
    expect(secrets.map((name) => example[name])).toEqual(['', '', ''])
    const optional = used.filter(([, name = '', sign]) => secrets.includes(name) && sign !== ':')
    expect(optional).toEqual([])
    expect(text).not.toMatch(/\$\{(POSTGRES_PASSWORD|SECRET_KEY|ENCRYPTION_KEY):[^?]/)
  })

  test('sets what Parley understands, and publishes it to this machine only', () => {
    const known = Object.values(settings).map(({ name }) => name)
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([])
    const made = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')
    const chosen: Record<string, string> = {
      POSTGRES_PASSWORD: made(),
      SECRET_KEY: made(),
      ENCRYPTION_KEY: made(),
    }
    const filled = Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{([A-Z_]+)[^}]*\}/g, (_, variable) => chosen[variable] ?? example[variable] ?? ''),
    ])
    expect(readConfig(Object.fromEntries(filled))).toMatchObject({ signup: 'invite' })
    expect(ports.map((port) => port.startsWith('127.0.0.1:'))).toEqual([true])
  })

  test('lets Parley finish requests in progress', () => {
    expect(Number.parseInt(stop_grace_period, 10)).toBeGreaterThan(stopSeconds)
  })
})

const analyze = Bun.which('systemd-analyze')

describe('deploy/parley.service', async () => {
  const unit = await read('parley.service')

  test('lets Parley finish requests in progress', () => {
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(stopSeconds)
  })

  test.skipIf(!analyze)('is what systemd understands, and leaves little to attack', async () => {
    const place = mkdtempSync(join(tmpdir(), 'parley-unit-'))
    try {
      const file = join(place, 'parley.service')
      await Bun.write(file, unit.replaceAll('/usr/local/bin/parley', '/bin/true'))
      const verified = Bun.spawnSync([analyze!, 'verify', '--man=no', file])
      expect(verified.stderr.toString()).toBe('')
      // 10 is a service without any bounds, 1.4 what this one had when it was written.
      const judged = Bun.spawnSync([analyze!, 'security', '--offline=true', '--threshold=15', file])
      expect(judged.exitCode).toBe(0)
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  })
})
