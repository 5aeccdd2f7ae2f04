/** A full screen: rows from the top, none wider than the screen, and the position of the cursor, from 0. */
export type Frame = { rows: string[]; cursor: { row: number; column: number } }

type Screen = {
  readonly rows: number
  readonly columns: number
  draw(frame: Frame): void
  /** Makes the next `draw` write every row. */
  redrawAll(): void
  close(): void
}

const csi = '\x1b['
/** Alternate screen, bracketed paste, no wrapping: where a terminal measures an emoji differently, only one row is wrong. */
const enter = `${csi}?1049h${csi}?2004h${csi}?7l`
const leave = `${csi}0m${csi}?7h${csi}?2004l${csi}?1049l${csi}?25h`
const [hold, show] = [`${csi}?2026h${csi}?25l`, `${csi}?25h${csi}?2026l`]

/** Uses the whole terminal until `close`. Writes only rows that have changed. */
export function openScreen(output: NodeJS.WriteStream, resized: () => void): Screen {
  let drawn: string[] = []
  const redrawAll = () => {
    drawn = []
  }
  const resize = () => {
    redrawAll()
    resized()
  }
  // However the process ends, the terminal must be restored.
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
    redrawAll,
    close() {
      output.off('resize', resize)
      process.off('exit', restore)
      restore()
    },
  }
}
