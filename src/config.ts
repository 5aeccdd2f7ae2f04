import { intendedName } from './config/mistyped.ts'
import { settings } from './config/settings.ts'

type Settings = typeof settings
type Values = { readonly [K in keyof Settings]: ReturnType<Settings[K]['parse']> }

/** Where the value of a setting came from; "file" is `DATA_DIR/secrets.json`. */
export type Source = 'default' | 'environment' | 'argument' | 'file'

/** Everything an operator can choose, read once, checked and frozen. */
export type Config = Values & { readonly written: Readonly<Record<string, Written>> }

/** How a setting was given, in a form that may be shown. */
export type Written = { readonly shown: string | undefined; readonly source: Source }

/** Everything that is wrong with a configuration; each problem is a sentence that says what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'))
  }
}

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Reads the environment. `overrides` (from the command line, under the same names) take precedence.
 * An empty value counts as unset. Throws a `ConfigError` with every problem at once.
 */
export function readConfig(env: Variables, overrides: Variables = {}): Config {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  const written: Record<string, Written> = {}

  for (const [property, setting] of Object.entries(settings)) {
    const { text, source } = given(setting.name, setting.default, env, overrides)
    const shown = text === undefined ? undefined : (setting.show?.(text) ?? text)
    written[setting.name] = Object.freeze({ shown, source })
    try {
      values[property] = text === undefined ? undefined : deepFreeze(setting.parse(text))
    } catch (error) {
      problems.push(`${setting.name} ${(error as Error).message}`)
    }
  }
  problems.push(...missingSecrets(written), ...mistypedNames({ ...env, ...overrides }))
  if (values.metricsToken !== undefined && /^token:/.test(written.METRICS?.shown ?? ''))
    problems.push('METRICS_TOKEN and METRICS=token:… are two tokens for one thing: keep METRICS_TOKEN.')
  if (
    values.busUrl !== undefined &&
    values.databaseUrl === undefined &&
    written.DATABASE_URL?.shown === undefined
  )
    problems.push(
      'BUS_URL needs DATABASE_URL: the embedded database belongs to one server, which has nobody to talk to. Remove BUS_URL.',
    )
  problems.push(...missingForMail(written))
  if (problems.length > 0) throw new ConfigError(problems)
  return Object.freeze({ ...(values as Values), written: Object.freeze(written) })
}

function given(name: string, byDefault: string | undefined, env: Variables, overrides: Variables) {
  const argument = overrides[name]?.trim()
  if (argument) return { text: argument, source: 'argument' as const }
  const variable = env[name]?.trim()
  if (variable) return { text: variable, source: 'environment' as const }
  return { text: byDefault, source: 'default' as const }
}

/** The address of the page is never taken from a request: a made up Host would send somebody's link to another server. */
function missingForMail(written: Record<string, Written>): string[] {
  if (written.MAIL_URL?.shown === undefined) return []
  return ['MAIL_FROM', 'PUBLIC_URL']
    .filter((name) => written[name]?.shown === undefined)
    .map(
      (name) =>
        `${name} is missing. MAIL_URL needs it: ${settings[name === 'MAIL_FROM' ? 'mailFrom' : 'publicUrl'].meaning}.`,
    )
}

/** A Postgres server outlives this machine, so its secrets must not exist only on this disk. */
function missingSecrets(written: Record<string, Written>): string[] {
  if (written.DATABASE_URL?.shown === undefined) return []
  return ['SECRET_KEY', 'ENCRYPTION_KEY']
    .filter((name) => written[name]?.shown === undefined)
    .map(
      (name) =>
        `${name} is missing. With DATABASE_URL, Parley does not make one itself. ` +
        'Make one with: openssl rand -base64 32, and keep a copy of it on another machine.',
    )
}

function mistypedNames(variables: Variables): string[] {
  const names = Object.values(settings).map(({ name }) => name)
  return Object.entries(variables).flatMap(([variable, value]) => {
    if (!value?.trim()) return []
    const intended = intendedName(variable, value, names)
    return intended ? [`${variable} is not a setting; did you mean ${intended}? Rename or remove it.`] : []
  })
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
