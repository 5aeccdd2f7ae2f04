import { beginningOf } from '../../text/cut.ts'
import { say } from '../language/say.ts'

// The order matters: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
const programs: readonly [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(HeadlessChrome|Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]

const systems: readonly [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

const match = (table: readonly [RegExp, string][], agent: string) =>
  table.find(([sign]) => sign.test(agent))?.[1]

/** `Firefox on Linux`, or the user agent itself. Only a hint: a program can send any user agent. */
export function deviceOf(agent: string): string {
  const [program, system] = [match(programs, agent), match(systems, agent)]
  if (program && system) return say('sessions.device', { program, system })
  return program ?? (beginningOf(agent, 80) || say('sessions.unknown'))
}
