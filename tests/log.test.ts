import { describe, expect, test } from 'bun:test'
import { DrizzleQueryError } from 'drizzle-orm'
import { createLog, type LogOptions } from '../src/log.ts'

const canary = 'CANARY-4c1e'

function recorder(options: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const log = createLog({ level: 'debug', destination: { write: (line) => lines.push(line) }, ...options })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') }
}

describe('a line', () => {
  test('is one JSON object with time, level, fields and message', () => {
    const { log, lines, last } = recorder()
    log.info('Listening', { host: '127.0.0.1', port: 8000, ready: true, at: new Date(0), rooms: ['general'] })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toEndWith('}\n')
    const { time, ...rest } = last()
    expect(new Date(time).toISOString()).toBe(time)
    expect(rest).toEqual({
      level: 'info',
      host: '127.0.0.1',
      port: 8000,
      ready: true,
      at: '1970-01-01T00:00:00.000Z',
      rooms: ['general'],
      message: 'Listening',
    })
    for (const level of ['debug', 'warn', 'error'] as const) {
      log[level]('So it is')
      expect(last()).toMatchObject({ level, message: 'So it is' })
    }
  })

  test('below the level is not written', () => {
    const { log, lines } = recorder({ level: 'warn' })
    log.debug('No')
    log.info('No')
    log.warn('Yes')
    expect(lines).toHaveLength(1)
    const silent = recorder({ level: 'silent' })
    silent.log.error('No')
    expect(silent.lines).toEqual([])
  })

  test('carries the fields of the log it came from', () => {
    const { log, last } = recorder()
    log.child({ socket: 7, token: canary }).child({ user: 'ada' }).info('Joined', { room: 'general' })
    expect(last()).toMatchObject({ socket: 7, user: 'ada', room: 'general', token: '[redacted]' })
  })

  test('has no name twice, whatever the fields are called', () => {
    const { log, lines, last } = recorder()
    log.info('True', { message: 'false', level: 'fatal', time: 0 })
    expect(last()).toMatchObject({
      message: 'True',
      level: 'info',
      message_: '[redacted]',
      level_: 'fatal',
      time_: 0,
    })
    expect(lines[0]?.match(/"message":/g)).toHaveLength(1)
  })

  test('survives circles, depths, crowds and things that are no JSON', () => {
    const { log, last } = recorder()
    const circle: Record<string, unknown> = { name: 'a' }
    circle.self = circle
    let deep: unknown = 'end'
    for (let depth = 0; depth < 100; depth++) deep = { deep }
    log.info('Odd', {
      circle,
      deep,
      big: 10n,
      bytes: new Uint8Array(5),
      map: new Map([[canary, canary]]),
      many: Array.from({ length: 5_000 }, (_, at) => at),
      long: 'x'.repeat(100_000),
      nothing: undefined,
      act: () => canary,
      never: new Date(Number.NaN),
    })
    const line = last()
    expect(line).toMatchObject({
      circle: { self: '[circular]' },
      big: '10',
      bytes: '[5 bytes]',
      map: '[Map]',
      never: null,
    })
    expect(JSON.stringify(line)).not.toContain(canary)
    expect(JSON.stringify(line).length).toBeLessThan(6_000)
  })
})

describe('what belongs to a person is never written', () => {
  test('under any of its names, at any depth, in any case', () => {
    const names =
      `password new_password current_password newPassword token access_token refreshToken ticket secret
      SECRET_KEY encryption_key authorization Cookie set-cookie content text body X-Access-Token password_hash
      parameters draft`.split(/\s+/)
    const { log, lines } = recorder()
    for (const name of names) {
      log.debug('A secret', { [name]: canary })
      log.debug('A secret', { frame: [{ payload: { [name]: canary } }] })
      log.debug('A secret', { [name]: { inside: canary } })
      log.debug('A secret', { error: new Error('Wrapped', { cause: { [name]: canary } }) })
    }
    expect(lines).toHaveLength(names.length * 4)
    for (const line of lines) {
      expect(line).not.toContain(canary)
      expect(line).toContain('[redacted]')
    }
  })

  test('but the users of addresses and the versions in paths are, which are nobody’s mailbox', () => {
    const { log, lines } = recorder()
    const kept =
      'postgres://parley@db.example/parley at f (/srv/node_modules/.bun/elysia@1.4.beta/index.js:1:2)'
    log.info('Opened', { kept })
    expect(lines[0]).toContain(kept)
  })

  test('as part of an address, a header or a token inside a text', () => {
    const { log, lines } = recorder()
    for (const text of [
      `/ws/general?token=${canary}`,
      `GET https://x/ws?room=a&ticket=${canary}#top HTTP/1.1`,
      `/ws?access_token=${canary}&after=3`,
      `/files/01a2/preview?size=360&sig=${canary}`,
      // As a mail server says it.
      `421 4.7.0 <${canary}@xn--bcher-kva.example> come back later`,
      `550 ${canary}+tag@example.org: no such mailbox`,
      `Authorization: Bearer ${canary}`,
      `postgres://parley:${canary}@db:5432/parley`,
      `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ${canary}.abc`,
      `/hooks%2Fparley_hook_${canary.padEnd(43, 'x')}`,
      // With the code, a reader of the log could join a private room.
      `/invites/${canary}/accept`,
      `/mail/unsubscribe/${canary}`,
    ]) {
      log.info('Asked', { url: text })
      log.info(text)
      log.error('Failed', { error: new Error(text) })
      log.info('Asked', { url: URL.canParse(text) ? new URL(text) : text })
    }
    expect(lines).toHaveLength(48)
    expect(lines.join('')).not.toContain(canary)
    expect(lines.join('')).toContain('room=a')
    expect(lines.join('')).toContain('after=3')
  })

  test('as a parameter of a failed query', () => {
    const { log, lines, last } = recorder()
    const cause = Object.assign(new Error('duplicate key value violates unique constraint "users_name"'), {
      code: '23505',
      constraint_name: 'users_name',
      detail: `Key (name)=(${canary}) already exists.`,
      parameters: [canary],
    })
    // A value with lines of its own that look like places in a stack.
    const value = `${canary}\n    at ${canary} (file.ts:1:1)`
    log.error('Failed', {
      error: new DrizzleQueryError('insert into users (name) values ($1)', [value], cause),
    })
    expect(lines.join('')).not.toContain(canary)
    expect(last().error).toMatchObject({
      message: 'Failed query: insert into users (name) values ($1)',
      cause: { code: '23505', constraint: 'users_name' },
    })
    expect(last().error.stack).toContain('log.test.ts')
  })

  test('as a value that Postgres could not read and quotes', () => {
    const { log, lines } = recorder()
    log.error('Failed', {
      error: Object.assign(new Error(`invalid input syntax for type integer: "${canary}"`), {
        code: '22P02',
      }),
    })
    expect(lines[0]).not.toContain(canary)
    expect(lines[0]).toContain('invalid input syntax')
  })

  test('also not on the lines for a terminal', () => {
    const { log, lines } = recorder({ pretty: true })
    log.info(`Asked /ws?ticket=${canary}`, { password: canary, deep: { text: canary } })
    expect(lines.join('')).not.toContain(canary)
  })
})

describe('an error', () => {
  test('is written with name, message, places and causes, and with no other property', () => {
    const { log, last } = recorder()
    const cause = new RangeError('Too far')
    log.error('It failed', { error: Object.assign(new TypeError('Not so', { cause }), { extra: canary }) })
    const { error } = last()
    expect(error).toMatchObject({
      name: 'TypeError',
      message: 'Not so',
      cause: { name: 'RangeError', message: 'Too far' },
    })
    expect(error.stack).toMatch(/^at .*log\.test\.ts/)
    expect(Object.keys(error).sort()).toEqual(['cause', 'message', 'name', 'stack'])
    log.error('Several', { error: new AggregateError([new Error('One'), new Error('Two')], 'Both') })
    expect(last().error.errors).toMatchObject([{ message: 'One' }, { message: 'Two' }])
  })
})

test('a line for a terminal is short, and no stranger can steer the terminal with it', () => {
  const { log, lines } = recorder({ pretty: true })
  log.warn('Slow \x1b[2J', {
    room: 'general',
    name: 'Eve\x1b]0;owned\x07\u202e\x9b',
    error: new Error('Late'),
  })
  expect(lines[0]).toContain('WARN ')
  expect(lines[0]).toContain('general')
  expect(lines[0]).toContain('log.test.ts')
  // Our own colours and line breaks taken away, nothing may be left that a terminal obeys.
  const rest = lines[0]!.split(/\p{Cc}\[\d+m|\n/u).join('')
  expect(rest).not.toMatch(/\p{Cc}|\u202e/u)
})

test('by default lines go to standard output, as JSON when it is no terminal', async () => {
  const script = `const { createLog } = await import(${JSON.stringify(`${import.meta.dir}/../src/log.ts`)})
    createLog({ level: 'info' }).info('Hello', { port: 1 })
    process.exit(0)`
  const child = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe' })
  expect(JSON.parse(await new Response(child.stdout).text())).toMatchObject({
    level: 'info',
    message: 'Hello',
    port: 1,
  })
})
