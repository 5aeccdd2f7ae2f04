import { join } from 'node:path'

/** How this program starts itself again: as the compiled file, or by Bun from source. */
export function ownProgram(): string[] {
  const compiled = /^(\/\$bunfs\/|B:\\~BUN\\)/.test(import.meta.path)
  return compiled ? [process.execPath] : [process.execPath, join(import.meta.dir, 'main.ts')]
}
