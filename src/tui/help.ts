type Explained = { usage: string; meaning: string }

const keys: [string, string][] = [
  ['PgUp PgDn, ↑ ↓', 'scroll; End: newest message'],
  ['Ctrl-N Ctrl-P', 'next and previous room'],
  ['Alt-Enter, Ctrl-C', 'new line; clear the line, or quit'],
]

export function helpLines(commands: readonly Explained[]): string[] {
  const once = [...new Map(commands.map((command) => [command.usage, command])).values()]
  const lines: [string, string][] = [
    ...once.map(({ usage, meaning }): [string, string] => [usage, meaning]),
    ...keys,
  ]
  return lines.map(([what, meaning]) => `${what.padEnd(20)} ${meaning}`)
}
