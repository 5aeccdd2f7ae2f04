import { version } from '../version.ts'

/** Not through the log: the link is a secret, and logs are kept and sent elsewhere. */
export function announce({ url, setupLink }: { url: string; setupLink: string | undefined }): void {
  process.stdout.write(`\n  Parley ${version} is at ${url}\n`)
  if (setupLink) process.stdout.write(`  Create the first administrator: ${setupLink}\n`)
  process.stdout.write('\n')
}
