import { version as programVersion } from '../version.ts'
import { forScripts, type Subcommand } from './command.ts'
import { print, printJson } from './print.ts'

export const version: Subcommand = {
  usage: 'parley version [--json]',
  options: { json: forScripts },
  async run({ options }) {
    const { platform, arch } = process
    if (options.json) await printJson({ version: programVersion, bun: Bun.version, platform, arch })
    else await print([`parley ${programVersion} (bun ${Bun.version}, ${platform} ${arch})`])
    return 0
  },
}
