import type { Progress } from '../operator/operation.ts'

const eraseLine = '\r\x1b[2K'

/** One line on standard error that is redrawn. None without a terminal: in a script's log it would be noise. */
export function watchProgress(): { report(progress: Progress): void; clear(): void } {
  const out = process.stderr
  if (!out.isTTY || process.env.TERM === 'dumb') return { report() {}, clear() {} }
  let drawn = false
  return {
    report(progress) {
      drawn = true
      out.write(eraseLine + progressText(progress).slice(0, (out.columns || 80) - 1))
    },
    clear() {
      if (drawn) out.write(eraseLine)
      drawn = false
    },
  }
}

function progressText({ what, done, total, secondsLeft }: Progress): string {
  const count = (number: number) => number.toLocaleString('en')
  if (total === undefined) return `${what} ${count(done)}`
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100)
  const left = secondsLeft === undefined ? '' : `, about ${count(Math.ceil(secondsLeft))} s left`
  return `${what} ${count(done)} of ${count(total)} (${percent} %)${left}`
}
