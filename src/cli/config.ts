import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, describeConfig, readConfig } from '../config.ts'
import { plainLine } from '../text/plain.ts'
import { forScripts, type Subcommand } from './command.ts'
import { print, printJson, printOwn } from './print.ts'
import { styleFor, widthOf, wrap } from './style.ts'

type Described = ReturnType<typeof describeConfig>[number]

export const config: Subcommand = {
  usage: 'parley config [--check] [--json]',
  about:
    'Settings come from the environment. An option of serve (--host, --port) overrides the environment. ' +
    'Secrets are never shown.',
  options: { check: 'only check whether the settings are valid', json: forScripts },
  examples: ['PORT=9000 parley config', 'parley config --check && systemctl restart parley'],
  async run({ options }) {
    const read = readConfig(process.env)
    const settings = describeConfig(read).map((setting) => withMadeSecret(read, setting))
    if (options.json) await printJson(options.check ? { right: true } : settings)
    else if (options.check) await print(['the settings are valid'])
    else await printOwn(settings.flatMap(linesOf))
    return 0
  },
}

/** With the embedded database, Parley keeps the secrets that it made in secrets.json. */
function withMadeSecret(read: Config, setting: Described): Described {
  const isMade =
    (setting.name === 'SECRET_KEY' || setting.name === 'ENCRYPTION_KEY') &&
    setting.value === undefined &&
    read.databaseUrl === undefined &&
    existsSync(join(read.dataDir, 'secrets.json'))
  return isMade ? { ...setting, value: '[hidden]', source: 'file' } : setting
}

const sources: Record<Described['source'], string> = {
  argument: 'from the command line',
  environment: 'from the environment',
  file: 'from secrets.json in DATA_DIR',
  default: 'by default',
}

function linesOf({ name, value, source, meaning }: Described): string[] {
  const { bold, dim } = styleFor(process.stdout)
  const origin = value === undefined ? 'not set' : sources[source]
  return [
    `${bold(name)}=${plainLine(value ?? '')} ${dim(`(${origin})`)}`,
    ...wrap(meaning, widthOf(process.stdout) - 4).map((line) => `    ${line}`),
  ]
}
