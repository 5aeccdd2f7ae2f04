// Longer than 300 lines: a table of settings and of what is wrong with them.
import { describe, expect, test } from 'bun:test'
import { createAddressList, parseAddressRange } from '../src/config/addresses.ts'
import { describeConfig } from '../src/config/described.ts'
import { settings } from '../src/config/settings.ts'
import { ConfigError, readConfig } from '../src/config.ts'
import { makeKey } from '../src/crypto/keyring.ts'
import { randomToken } from '../src/crypto/keys.ts'

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

const secrets = () => ({ SECRET_KEY: randomToken(), ENCRYPTION_KEY: makeKey() })

describe('the configuration', () => {
  test('needs nothing: every setting has a default', () => {
    const { written, ...config } = readConfig({})
    expect(config).toEqual({
      host: '127.0.0.1',
      port: 8000,
      databaseUrl: undefined,
      dataDir: './data',
      busUrl: undefined,
      secretKey: undefined,
      encryptionKey: undefined,
      accessTokenMinutes: 15,
      publicUrl: undefined,
      corsOrigins: [],
      trustedProxies: [],
      outgoingAllow: [],
      pushContent: 'full',
      signup: 'open',
      signupEmail: 'optional',
      mailUrl: undefined,
      mailFrom: undefined,
      roomCreation: 'everyone',
      search: true,
      previews: false,
      rateLimits: true,
      swagger: true,
      metrics: { access: 'loopback' },
      metricsToken: undefined,
      tracesEndpoint: undefined,
      tracesHeaders: undefined,
      serviceName: 'parley',
      tracesRatio: 1,
      retentionDays: undefined,
      filesUrl: undefined,
      filesAccessKey: undefined,
      filesSecretKey: undefined,
      fileBytes: 25_000_000,
      filesPerUser: 1_000_000_000,
      fileTypes: [],
      diskLowMegabytes: 500,
      logLevel: 'info',
    })
    expect(written.PORT).toEqual({ shown: '8000', source: 'default' })
  })

  test('takes every setting from the environment', () => {
    const { SECRET_KEY, ENCRYPTION_KEY } = secrets()
    const { written: _, ...config } = readConfig({
      HOST: '::1',
      PORT: '0',
      DATABASE_URL: 'postgres://parley:pw@db:5432/parley',
      DATA_DIR: '/var/lib/parley',
      SECRET_KEY,
      ENCRYPTION_KEY,
      ACCESS_TOKEN_EXPIRE_MINUTES: '1440',
      PUBLIC_URL: 'https://Chat.example.org/',
      CORS_ORIGINS: 'https://a.example, http://localhost:5173',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      OUTGOING_ALLOW: '10.1.2.0/24',
      PUSH_CONTENT: 'names',
      SIGNUP: 'Invite',
      SIGNUP_EMAIL: 'required',
      MAIL_URL: 'smtp://parley:p%40ss@smtp.example.org',
      MAIL_FROM: 'Parley <Parley@example.org>',
      ROOM_CREATION: 'admins',
      RATE_LIMITS: 'off',
      SWAGGER: 'off',
      METRICS: 'on',
      METRICS_TOKEN: '0123456789abcdef',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20abc, x-tenant=7',
      OTEL_SERVICE_NAME: 'chat',
      OTEL_TRACES_SAMPLER_ARG: '.05',
      MESSAGE_RETENTION_DAYS: '365',
      FILES_URL: 's3://parley/chat?endpoint=https://s3.example.org&region=eu-1',
      FILES_ACCESS_KEY: 'AKIA',
      FILES_SECRET_KEY: 'a secret',
      FILE_BYTES: '1 GB',
      FILES_PER_USER: '5000000',
      FILE_TYPES: 'Image/*, application/pdf',
      DISK_LOW_MB: '2000',
      LOG_LEVEL: 'debug',
    })
    expect(config).toEqual({
      host: '::1',
      port: 0,
      databaseUrl: 'postgres://parley:pw@db:5432/parley',
      dataDir: '/var/lib/parley',
      busUrl: undefined,
      secretKey: SECRET_KEY,
      encryptionKey: ENCRYPTION_KEY,
      accessTokenMinutes: 1440,
      publicUrl: 'https://chat.example.org',
      corsOrigins: ['https://a.example', 'http://localhost:5173'],
      trustedProxies: [
        { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
        { address: '::1', prefix: 128, family: 'ipv6' },
      ],
      outgoingAllow: [{ address: '10.1.2.0', prefix: 24, family: 'ipv4' }],
      pushContent: 'names',
      signup: 'invite',
      signupEmail: 'required',
      mailUrl: {
        ...{ host: 'smtp.example.org', port: 587, tls: 'starttls', user: 'parley', password: 'p@ss' },
      },
      mailFrom: { name: 'Parley', address: 'parley@example.org' },
      roomCreation: 'admins',
      search: true,
      previews: false,
      rateLimits: false,
      swagger: false,
      metrics: { access: 'on' },
      metricsToken: '0123456789abcdef',
      tracesEndpoint: 'https://otel.example:4318',
      tracesHeaders: { authorization: 'Bearer abc', 'x-tenant': '7' },
      serviceName: 'chat',
      tracesRatio: 0.05,
      retentionDays: 365,
      filesUrl: {
        kind: 's3',
        bucket: 'parley',
        prefix: 'chat',
        endpoint: 'https://s3.example.org',
        region: 'eu-1',
      },
      filesAccessKey: 'AKIA',
      filesSecretKey: 'a secret',
      fileBytes: 1_000_000_000,
      filesPerUser: 5_000_000,
      fileTypes: ['image/*', 'application/pdf'],
      diskLowMegabytes: 2000,
      logLevel: 'debug',
    })
  })

  test('lets the command line win, and an empty value counts as not given', () => {
    const config = readConfig({ PORT: '9000', HOST: '  ' }, { PORT: '9001' })
    expect(config.port).toBe(9001)
    expect(config.host).toBe('127.0.0.1')
    expect(config.written.PORT?.source).toBe('argument')
    expect(readConfig({ PORT: '9000' }, { PORT: undefined }).written.PORT?.source).toBe('environment')
  })

  test('cannot be changed once it is read', () => {
    const config = readConfig({ CORS_ORIGINS: 'https://a.example', TRUSTED_PROXIES: '::1' })
    for (const part of [
      config,
      config.corsOrigins,
      config.trustedProxies[0],
      config.metrics,
      config.written,
      config.written.PORT,
    ]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  test('reports everything that is wrong at once', () => {
    const problems = problemsOf({ PORT: '80000', SIGNUP: 'maybe', LOG_LEVEL: 'loud' })
    expect(problems).toEqual([
      'PORT must be a whole number from 0 to 65535, not "80000".',
      'SIGNUP must be open, invite or closed, not "maybe".',
      'LOG_LEVEL must be debug, info, warn, error or silent, not "loud".',
    ])
    expect(() => readConfig({ PORT: 'x', SIGNUP: 'y' })).toThrow(/PORT.*\nSIGNUP/)
  })
})

describe('refused with a sentence', () => {
  const mail = {
    MAIL_URL: 'smtp://smtp.example.org',
    MAIL_FROM: 'parley@example.org',
    PUBLIC_URL: 'https://chat.example.org',
  }
  const cases: [Record<string, string>, string][] = [
    [{ PORT: '-1' }, 'whole number'],
    [{ PORT: '8e3' }, 'whole number'],
    [{ PORT: '80.5' }, 'whole number'],
    [{ ACCESS_TOKEN_EXPIRE_MINUTES: '0' }, 'from 1 to 1440'],
    [{ ACCESS_TOKEN_EXPIRE_MINUTES: '1441' }, 'from 1 to 1440'],
    [{ HOST: 'http://here' }, 'address or a host name'],
    [{ CORS_ORIGINS: '*' }, 'must name each origin'],
    [{ CORS_ORIGINS: 'https://a.example,*' }, 'must name each origin'],
    [{ CORS_ORIGINS: 'https://a.example/' }, 'without a path'],
    [{ CORS_ORIGINS: 'https://*.example' }, 'must list origins'],
    [{ CORS_ORIGINS: 'null' }, 'must list origins'],
    [{ TRUSTED_PROXIES: 'proxy.local' }, 'addresses or ranges'],
    [{ TRUSTED_PROXIES: '10.0.0.0/33' }, 'addresses or ranges'],
    [{ TRUSTED_PROXIES: '0.0.0.0/0' }, 'every stranger'],
    [{ TRUSTED_PROXIES: '::/0' }, 'every stranger'],
    [{ OUTGOING_ALLOW: 'hooks.lan' }, 'addresses or ranges'],
    [{ OUTGOING_ALLOW: '::/0' }, 'reach this machine'],
    [{ PUBLIC_URL: 'chat.example.org' }, 'such as https://'],
    [{ PUBLIC_URL: 'https://chat.example.org/chat' }, 'without a path'],
    [{ BUS_URL: 'redis://localhost' }, 'BUS_URL needs DATABASE_URL'],
    [{ BUS_URL: 'redis:///0' }, 'BUS_URL must be the address of a Redis or Valkey server'],
    [{ BUS_URL: 'nats://localhost' }, 'BUS_URL must be the address of a Redis or Valkey server'],
    [{ BUS_URL: 'redis://localhost/0?family=6' }, 'nothing behind the port'],
    [{ ...mail, MAIL_URL: 'smtp.example.org:587' }, 'MAIL_URL must be the address of a mail server'],
    [{ ...mail, MAIL_URL: 'http://smtp.example.org' }, 'MAIL_URL must be the address of a mail server'],
    [{ ...mail, MAIL_URL: 'smtp://smtp.example.org/inbox' }, 'nothing behind the port'],
    [{ ...mail, MAIL_URL: 'smtp://smtp.example.org?tls=maybe' }, 'nothing behind the port'],
    [{ ...mail, MAIL_URL: 'smtps://smtp.example.org?tls=optional' }, 'nothing behind the port'],
    [{ ...mail, MAIL_URL: 'smtp://ada@smtp.example.org' }, 'a user with a password'],
    [{ ...mail, MAIL_URL: 'smtp://ada:50%off@smtp.example.org' }, 'percent-encoded'],
    [{ ...mail, MAIL_FROM: 'Parley' }, 'MAIL_FROM must be an address'],
    [{ ...mail, MAIL_FROM: 'a@example.org, b@example.org' }, 'MAIL_FROM must be an address'],
    [{ ...mail, MAIL_FROM: 'A\nBcc: <a@example.org>' }, 'MAIL_FROM must be an address'],
    [{ ...mail, MAIL_FROM: '' }, 'MAIL_FROM is missing. MAIL_URL needs it'],
    [{ ...mail, PUBLIC_URL: '' }, 'PUBLIC_URL is missing. MAIL_URL needs it'],
    [{ METRICS: 'token:short' }, 'at least 16 characters'],
    [{ METRICS: 'yes' }, 'on, off, loopback'],
    [{ METRICS_TOKEN: 'fifteen-letters' }, 'METRICS_TOKEN must have at least 16 characters'],
    [{ METRICS_TOKEN: 'sixteen letters and more' }, 'without spaces'],
    [{ METRICS_TOKEN: '0101010101010101' }, 'too regular'],
    [{ METRICS_TOKEN: '0123456789abcdef', METRICS: 'token:0123456789abcdef' }, 'keep METRICS_TOKEN'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' }, 'must be the address of a collector'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318/?x=1' }, 'must be the address of a collector'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:pw@otel:4318' }, 'put them into OTEL_EXPORTER_OTLP_HEADERS'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'authorization' }, 'must be name=value'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=%0d%0ab' }, 'must be name=value'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=50%' }, 'must be name=value'],
    [{ OTEL_SERVICE_NAME: 'x'.repeat(201) }, 'at most 200'],
    [{ OTEL_TRACES_SAMPLER_ARG: '1.5' }, 'from 0 to 1'],
    [{ OTEL_TRACES_SAMPLER_ARG: 'always' }, 'from 0 to 1'],
    [{ RATE_LIMITS: 'true' }, 'on or off'],
    [{ SECRET_KEY: 'short' }, 'SECRET_KEY is shorter than 32 characters. Make one with: openssl'],
    [{ SECRET_KEY: 'your-secret-key-change-this-in-production' }, 'SECRET_KEY is a well-known example'],
    [
      { ENCRYPTION_KEY: 'your-encryption-key-change-this-in-production' },
      'ENCRYPTION_KEY is a well-known example',
    ],
    [{ ENCRYPTION_KEY: 'c2hvcnQ=' }, 'ENCRYPTION_KEY'],
    [{ DATABASE_URL: 'mysql://localhost/parley', ...secrets() }, 'postgres://'],
    [{ DATABASE_URL: 'postgres://ada:50%off@localhost/parley', ...secrets() }, 'percent-encode'],
  ]
  test.each(cases)('%o', (env, sentence) => {
    const problems = problemsOf(env)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(sentence)
  })

  test('a Postgres server without secrets, naming each missing one', () => {
    const DATABASE_URL = 'postgres://localhost/parley'
    const { SECRET_KEY, ENCRYPTION_KEY } = secrets()
    expect(problemsOf({ DATABASE_URL }).map((problem) => problem.split(' is ')[0])).toEqual([
      'SECRET_KEY',
      'ENCRYPTION_KEY',
    ])
    expect(problemsOf({ DATABASE_URL, SECRET_KEY })[0]).toContain('ENCRYPTION_KEY is missing')
    expect(problemsOf({ DATABASE_URL, SECRET_KEY, ENCRYPTION_KEY })).toEqual([])
  })

  test('without ever repeating a secret', () => {
    const canary = 'canary-7f3a'
    const problems = problemsOf({
      SECRET_KEY: canary,
      ENCRYPTION_KEY: `k:${canary}`,
      DATABASE_URL: `mysql://me:${canary}@db/x`,
      BUS_URL: `amqp://:${canary}@bus`,
      METRICS: `token:${canary}`,
      METRICS_TOKEN: canary,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://me:${canary}@otel`,
      OTEL_EXPORTER_OTLP_HEADERS: canary,
    })
    expect(problems).toHaveLength(8)
    expect(problems.join()).not.toContain(canary)
  })
})

describe('a mistyped name', () => {
  test('stops the start with the name that was meant', () => {
    for (const [wrong, right] of [
      ['DATABSE_URL', 'DATABASE_URL'],
      ['DATABASE_URI', 'DATABASE_URL'],
      ['SECRETKEY', 'SECRET_KEY'],
      ['ENCRYPTON_KEY', 'ENCRYPTION_KEY'],
      ['ACCESS_TOKEN_EXPIRES_MINUTES', 'ACCESS_TOKEN_EXPIRE_MINUTES'],
      ['CORS_ORIGIN', 'CORS_ORIGINS'],
      ['database_url', 'DATABASE_URL'],
      ['DATADIR', 'DATA_DIR'],
      ['SINGUP', 'SIGNUP'],
      ['PROT', 'PORT'],
      ['SIGN_UP', 'SIGNUP'],
      ['signup', 'SIGNUP'],
      ['sign-up', 'SIGNUP'],
      ['SIGNUPS', 'SIGNUP'],
      ['SIGMUP', 'SIGNUP'],
      ['SIGN_UP_EMAIL', 'SIGNUP_EMAIL'],
      ['TRUSTED_PROXY', 'TRUSTED_PROXIES'],
      ['TRUSTEDPROXY', 'TRUSTED_PROXIES'],
      ['TRUSTD_PROXY', 'TRUSTED_PROXIES'],
      ['PUBLICURL', 'PUBLIC_URL'],
      ['SWAGER', 'SWAGGER'],
      ['RATELIMITS', 'RATE_LIMITS'],
      ['RATE_LIMIT', 'RATE_LIMITS'],
      ['METRIC', 'METRICS'],
      ['METRICS-TOKEN', 'METRICS_TOKEN'],
      ['METRIC_TOKEN', 'METRICS_TOKEN'],
      ['BUSURL', 'BUS_URL'],
      ['LOGLEVEL', 'LOG_LEVEL'],
      ['ROOMS_CREATION', 'ROOM_CREATION'],
      ['PARLEY_SIGNUP', 'SIGNUP'],
      ['PARLEY_SIGN_UP', 'SIGNUP'],
      ['PARLEY_METRICS_TOKEN', 'METRICS_TOKEN'],
      ['PARLEY_SECRETKEY', 'SECRET_KEY'],
    ] as const) {
      expect(problemsOf({ [wrong]: 'x' })).toEqual([
        `${wrong} is not a setting; did you mean ${right}? Rename or remove it.`,
      ])
    }
  })

  test('is found for every setting, without its underscores, in lower case, in the plural, with one letter missing', () => {
    for (const { name } of Object.values(settings).filter(({ name }) => name.length > 4)) {
      const plural = name.endsWith('S') ? name.slice(0, -1) : `${name}S`
      const without = name.slice(0, 3) + name.slice(4)
      for (const wrong of [name.replaceAll('_', ''), name.toLowerCase(), plural, without, `PARLEY_${name}`])
        if (wrong !== name)
          expect([wrong, problemsOf({ [wrong]: 'x' })[0]]).toEqual([wrong, expect.stringContaining(name)])
    }
  })

  test('without a value says nothing', () => {
    expect(problemsOf({ SIGN_UP: '', TRUSTED_PROXY: ' ' })).toEqual([])
  })

  test('is not seen in the addresses that Kubernetes gives to every container', () => {
    const service = (name: string) => ({
      [`${name}_SERVICE_HOST`]: '10.0.0.1',
      [`${name}_SERVICE_PORT`]: '8000',
      [`${name}_SERVICE_PORT_HTTP`]: '8000',
      [`${name}_PORT`]: 'tcp://10.0.0.1:8000',
      [`${name}_PORT_8000_TCP`]: 'tcp://10.0.0.1:8000',
      [`${name}_PORT_8000_TCP_PROTO`]: 'tcp',
      [`${name}_PORT_8000_TCP_PORT`]: '8000',
      [`${name}_PORT_8000_TCP_ADDR`]: '10.0.0.1',
    })
    const names = [
      'KUBERNETES',
      'PARLEY',
      'PARLEY_METRICS',
      'SIGNUP',
      'METRICS',
      'SWAGGER',
      'DATABASE',
      'POSTGRES',
      'BUS',
    ]
    for (const name of names) expect([name, problemsOf(service(name))]).toEqual([name, []])
  })

  test('is not seen in the variables of others', () => {
    const others = `PATH HOME HOSTNAME TERM LANG PWD SHLVL USER EDITOR TZ PS1 POST HOSTS PORTS TEST_DATABASE_URL
      DATABASE_URL_TEST NEXT_PUBLIC_URL PUBLIC_IP XDG_DATA_DIRS XDG_DATA_HOME SECRET_ID LOG_FILE BASE_DIR
      NODE_ENV DEBUG npm_config_registry CI GITHUB_TOKEN REDIS_URL LOG_FORMAT DATA
      PGHOST PGPORT PGDATABASE PGUSER PGPASSWORD PGDATA PGSSLMODE PARLEY_TOKEN PARLEY_URL PARLEY_HOST PARLEY_PORT PARLEY_HOME
      POSTGRES_PASSWORD POSTGRES_DB LC_ALL INVOCATION_ID JOURNAL_STREAM SYSTEMD_EXEC_PID NOTIFY_SOCKET STATE_DIRECTORY
      SSL_CERT_FILE HTTP_PROXY NO_PROXY TRUST_PROXY CORS_ALLOWED_ORIGINS SECRET_KEY_BASE AWS_SECRET_KEY AWS_REGION
      PUBLIC_KEY PUBLIC_DIR LOG_DIR DATE BUILD_URL RATE LIMIT ACCESS_TOKEN REFRESH_TOKEN_EXPIRE_MINUTES DISK_USAGE METRICS_PORT
      OTEL_TRACES_EXPORTER OTEL_TRACES_SAMPLER OTEL_EXPORTER_OTLP_PROTOCOL OTEL_EXPORTER_OTLP_TIMEOUT OTEL_RESOURCE_ATTRIBUTES
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT OTEL_SDK_DISABLED OTEL_LOGS_EXPORTER OTEL_SERVICE_VERSION`
    expect(problemsOf(Object.fromEntries(others.split(/\s+/).map((name) => [name, 'x'])))).toEqual([])
    expect(problemsOf(process.env as Record<string, string>)).toEqual([])
  })
})

test('parley config shows every setting, its source and its meaning, and nothing secret', () => {
  const { SECRET_KEY, ENCRYPTION_KEY } = secrets()
  const shown = describeConfig(
    readConfig({
      DATABASE_URL: 'postgres://me:canary-1@db/parley?sslmode=require&password=canary-2',
      METRICS: 'token:canary-3-canary-3',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=canary-4',
      SECRET_KEY,
      ENCRYPTION_KEY,
    }),
  )
  const text = JSON.stringify(shown)
  for (const secret of ['canary', SECRET_KEY, ENCRYPTION_KEY.slice(9)]) expect(text).not.toContain(secret)
  expect(shown).toHaveLength(37)
  for (const { name, meaning } of shown) expect([name, meaning.length > 10]).toEqual([name, true])
  expect(shown.find(({ name }) => name === 'DATABASE_URL')).toMatchObject({
    value: 'postgres://me:hidden@db/parley?sslmode=require&password=hidden',
    source: 'environment',
  })
})

describe('a list of addresses', () => {
  test('knows which addresses are in its ranges', () => {
    const ranges = ['10.0.0.0/8', '192.168.1.7', 'fd00::/8'].map((text) => parseAddressRange(text)!)
    const trusts = createAddressList(ranges)
    for (const inside of ['10.1.2.3', '::ffff:10.1.2.3', '192.168.1.7', 'fd12::1'])
      expect([inside, trusts(inside)]).toEqual([inside, true])
    for (const outside of [
      '11.0.0.1',
      '::ffff:11.0.0.1',
      '192.168.1.8',
      'fe80::1',
      '',
      'unknown',
      '10.1.2.3, 1.1.1.1',
    ]) {
      expect([outside, trusts(outside)]).toEqual([outside, false])
    }
    expect(createAddressList([])('127.0.0.1')).toBe(false)
  })
})
