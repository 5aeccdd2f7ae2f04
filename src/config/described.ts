import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config, Source } from '../config.ts'
import { settings } from './settings.ts'

export type Described = {
  name: string
  /** As it was given, with every secret hidden; undefined: not set. */
  value: string | undefined
  source: Source
  default: string | undefined
  meaning: string
}

/** Every setting, for `parley config` and for administrators, without secrets. */
export const describeConfig = (config: Config): Described[] =>
  Object.values(settings).map(({ name, meaning, default: byDefault }) => {
    const { shown, source } = config.written[name] ?? { shown: undefined, source: 'default' as const }
    return withMadeSecret(config, { name, value: shown, source, default: byDefault, meaning })
  })

/** With the embedded database, Parley keeps the secrets that it made in secrets.json. */
function withMadeSecret({ databaseUrl, dataDir }: Config, setting: Described): Described {
  const isMade =
    (setting.name === 'SECRET_KEY' || setting.name === 'ENCRYPTION_KEY') &&
    setting.value === undefined &&
    databaseUrl === undefined &&
    existsSync(join(dataDir, 'secrets.json'))
  return isMade ? { ...setting, value: '[hidden]', source: 'file' } : setting
}
