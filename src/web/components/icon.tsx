const drawings = {
  back: 'M15 5l-7 7 7 7',
  send: 'M12 19V5M5.5 11.5L12 5l6.5 6.5',
  add: 'M12 5v14M5 12h14',
  leave: 'M10 5H6a1 1 0 0 0-1 1v12a1 1 0 0 0 1 1h4M14 8l4 4-4 4M18 12H9',
  close: 'M6 6l12 12M18 6L6 18',
  smile: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM8.5 14a4 4 0 0 0 7 0M9 9.5v.5M15 9.5v.5',
  lock: 'M7 11h10a1 1 0 0 1 1 1v7H6v-7a1 1 0 0 1 1-1zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  shield: 'M12 3.5l7 2.5v5.5c0 4-3 7.5-7 9-4-1.5-7-5-7-9V6z',
  people:
    'M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.5 19a5.5 5.5 0 0 1 11 0M16 5.5a3 3 0 0 1 0 5M17 14a5.5 5.5 0 0 1 3.5 5',
} as const

/** A line drawing beside, or in place of, a word; the control that holds it carries the label. */
export function Icon({ of }: { of: keyof typeof drawings }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={drawings[of]} />
    </svg>
  )
}
