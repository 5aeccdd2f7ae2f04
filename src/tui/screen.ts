/** A full screen: rows from the top, each no wider than it, and where the cursor stands, from 0. */
export type Frame = { rows: string[]; cursor: { row: number; column: number } }

export type Screen = {
  readonly rows: number
  readonly columns: number
  draw(frame: Frame): void
  /** Draws everything anew the next time, whatever is there. */
  forget(): void
  close(): void
}

const csi = '\x1b['
/** The other screen, pastes in brackets, and no wrapping: a terminal that measures an emoji otherwise spoils one row only. */
const enter = `${csi}?1049h${csi}?2004h${csi}?7l`
const leave = `${csi}0m${csi}?7h${csi}?2004l${csi}?1049l${csi}?25h`
const [hold, show] = [`${csi}?2026h${csi}?25l`, `${csi}?25h${csi}?2026l`]

/** Takes the terminal over until `close`. Only rows that changed are written. */
export function openScreen(output: NodeJS.WriteStream, resized: () => void): Screen {
  let drawn: string[] = []
  const forget = () => {
    drawn = []
  }
  const resize = () => {
    forget()
    resized()
  }
  // A terminal must never be left as it is now, however the process ends.
  const restore = () => void output.write(leave)
  process.once('exit', restore)
  output.on('resize', resize)
  output.write(enter)

  return {
    get rows() {
      return Math.max(5, output.rows || 24)
    },
    get columns() {
      return Math.max(20, output.columns || 80)
    },
    draw({ rows, cursor }) {
      const fresh = drawn.length === 0 ? `${csi}2J` : ''
      const changes = rows.flatMap((row, index) =>
        row === drawn[index] ? [] : `${csi}${index + 1};1H${csi}2K${row}`,
      )
      drawn = rows
      const place = `${csi}${cursor.row + 1};${cursor.column + 1}H`
      output.write(hold + fresh + changes.join('') + place + show)
    },
    forget,
    close() {
      output.off('resize', resize)
      process.off('exit', restore)
      restore()
    },
  }
}
