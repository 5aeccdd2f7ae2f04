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
  more: 'M5.5 12a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0M11.5 12a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0M17.5 12a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0',
  at: 'M12 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM15.5 8.5v4.75a2.25 2.25 0 0 0 4.5 0V12a8 8 0 1 0-3.2 6.4',
  unread: 'M4 6h10M4 12h16M4 18h16M19 8.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  reply: 'M10 7L5 12l5 5M5 12h9a5 5 0 0 1 5 5v1',
  edit: 'M5 19l1-4L16.5 4.5l3 3L9 18zM14.5 6.5l3 3',
  bin: 'M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12M10.5 11v5M13.5 11v5',
  pin: 'M9 4h6l-1 6 3 3v1H7v-1l3-3zM12 14v6',
  link: 'M10 14a4 4 0 0 0 6 .5l2.5-2.5a4 4 0 0 0-5.5-5.5L11.5 8M14 10a4 4 0 0 0-6-.5L5.5 12a4 4 0 0 0 5.5 5.5L12.5 16',
  copy: 'M9 9h10v10H9zM15 9V5H5v10h4',
  search: 'M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM15.5 15.5L20 20',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
  person: 'M12 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20a7 7 0 0 1 14 0',
  talk: 'M5 6h14v10h-8l-4 4v-4H5z',
  thread: 'M5 4h14v9h-7l-4 4v-4H5zM10 17v0M10 20h9M13 16.5h6',
  keyboard: 'M3.5 7h17v10h-17zM7 10.5h.01M10.5 10.5h.01M14 10.5h.01M17 10.5h.01M8 14h8',
  flag: 'M6 21V4M6 5h11l-2.5 4 2.5 4H6',
  down: 'M12 5v14M5.5 12.5L12 19l6.5-6.5',
  fold: 'M6 9.5l6 6 6-6',
  plug: 'M9 4v4M15 4v4M6.5 8h11v3a5.5 5.5 0 0 1-11 0zM12 16.5V21',
  outward: 'M14 5h5v5M19 5l-8.5 8.5M11 6H5.5v12.5H18V13',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4',
  muted: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4M4 4l16 16',
  bookmark: 'M7 4h10v16l-5-4-5 4z',
  past: 'M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5M12 8v4.5l3 1.5',
  star: 'M12 4l2.4 5.1 5.6.7-4.1 3.9 1 5.5-4.9-2.7-4.9 2.7 1-5.5L4 9.8l5.6-.7z',
  bold: 'M8 5h5a3.5 3.5 0 0 1 0 7H8zM8 12h6a3.5 3.5 0 0 1 0 7H8z',
  italic: 'M10 5h7M7 19h7M14 5l-4 14',
  strike: 'M4 12h16M16 8a4 3 0 0 0-8 0c0 2 2 3 4 4s4 2 4 4a4 3 0 0 1-8 0',
  code: 'M9 7l-5 5 5 5M15 7l5 5-5 5',
  quote: 'M5 5v14M9 8h10M9 12h10M9 16h6',
  list: 'M5 7h.01M5 12h.01M5 17h.01M9 7h10M9 12h10M9 17h10',
  clip: 'M19 11.5l-7 7a4.2 4.2 0 0 1-6-6l7.5-7.5a2.8 2.8 0 0 1 4 4L10 16.5a1.4 1.4 0 0 1-2-2l6.5-6.5',
  camera: 'M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 16.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5z',
  file: 'M7 3.5h7l4 4v13H7zM14 3.5v4h4',
  picture: 'M4 5h16v14H4zM4 16l4.5-4.5 4 4L15 13l5 5M15.5 9.5h.01',
  save: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  less: 'M5 12h14',
  on: 'M9 5l7 7-7 7',
  letters: 'M3.5 18l4.5-12 4.5 12M5 14h6M20.5 18v-7M20.5 14.5a3 3 0 1 1-6 0 3 3 0 0 1 6 0z',
} as const

export type Drawing = keyof typeof drawings

/** Icons with a direction: they are mirrored in right-to-left languages. */
const turning: ReadonlySet<Drawing> = new Set([
  'back',
  'on',
  'leave',
  'reply',
  'quote',
  'list',
  'flag',
  'outward',
])

/** A line drawing next to a word or in place of it. The control around it has the label. */
export function Icon({ of }: { of: Drawing }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" class={turning.has(of) ? 'turning' : undefined}>
      <path d={drawings[of]} />
    </svg>
  )
}
