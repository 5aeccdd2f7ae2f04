const colors: Record<string, string> = {
  debug: '\x1b[90m',
  info: '\x1b[36m',
  warn: '\x1b[33m',
  error: '\x1b[31m',
}

/** Turns a JSON line into a short line for a person at a terminal. */
export function humanLine(json: string): string {
  const { time, level, message, ...fields } = JSON.parse(json) as Record<string, unknown>
  const clock = String(time).slice(11, 23)
  const color = colors[String(level)] ?? ''
  const name = String(level).toUpperCase().padEnd(5)
  const stacks: string[] = []
  const rest = Object.entries(fields).map(
    ([field, value]) => ` \x1b[90m${escapeControls(field)}=\x1b[0m${shown(value, stacks)}`,
  )
  return `\x1b[90m${clock}\x1b[0m ${color}${name}\x1b[0m ${escapeControls(String(message))}${rest.join('')}\n${stacks.join('')}`
}

function shown(value: unknown, stacks: string[]): string {
  if (typeof value === 'object' && value !== null && 'stack' in value) {
    const { stack, ...error } = value as Record<string, unknown>
    for (const line of String(stack).split('\n')) stacks.push(`    ${escapeControls(line)}\n`)
    return escapeControls(JSON.stringify(error))
  }
  if (typeof value === 'string' && /^[\w.:/@+-]+$/.test(value)) return value
  return escapeControls(JSON.stringify(value) ?? 'undefined')
}

/** A name chosen by a stranger must not control the operator's terminal. */
function escapeControls(text: string): string {
  return text.replace(
    /\p{Cc}|[\u2028-\u202e\u2066-\u2069]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
