import { type Described, describeConfig } from '../config/described.ts'
import { readConfig } from '../config.ts'
import { plainLine } from '../text/plain.ts'
import { forScripts, type Subcommand } from './command.ts'
import { print, printJson, printOwn } from './print.ts'
import { styleFor, widthOf, wrap } from './style.ts'

export const config: Subcommand = {
  usage: 'parley config [--check] [--json]',
  about:
    'Settings come from the environment. An option of serve (--host, --port) overrides the environment. ' +
    'Secrets are never shown.',
  options: { check: 'only check whether the settings are valid', json: forScripts },
  examples: ['PORT=9000 parley config', 'parley config --check && systemctl restart parley'],
  async run({ options }) {
    const read = readConfig(process.env)
    const settings = describeConfig(read)
    if (options.json) await printJson(options.check ? { right: true } : settings)
    else if (options.check) await print(['the settings are valid'])
    else await printOwn(settings.flatMap(linesOf))
    return 0
  },
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
