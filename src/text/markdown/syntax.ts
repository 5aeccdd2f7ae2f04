import type { Align } from './table.ts'

/** The parsed text of a message. Views turn it into nodes, never into a string of HTML. A line break is `\n` in a text. */
export type Inline =
  | string
  | { kind: 'strong' | 'em' | 'strike' | 'spoiler'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; href: string; title?: string; children: Inline[] }
  | Mention

/** `longer` is the name with the dots and dashes that follow it: names from before 0.2 may end in them. */
export type Mention = { kind: 'mention'; username: string; longer?: string; text: string }

export type Block =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'heading'; level: number; children: Inline[] }
  | { kind: 'code'; text: string; language: string }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; start: number | undefined; isLoose: boolean; items: Item[] }
  | { kind: 'table'; aligns: Align[]; head: Inline[][]; rows: Inline[][][] }
  | { kind: 'rule' }

/** `isDone`: of a task. A row of a table may have fewer cells than its head. */
export type Item = { isDone?: boolean; blocks: Block[] }
