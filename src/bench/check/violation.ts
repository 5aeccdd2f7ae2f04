export type Violation = {
  kind:
    | 'lost'
    | 'moved'
    | 'doubled'
    | 'altered'
    | 'hole'
    | 'reordered'
    | 'phantom'
    | 'not rising'
    | 'unheard'
    | 'unentitled'
    | 'unresolved'
  what: string
}

export const violation = (kind: Violation['kind'], what: string): Violation => ({ kind, what })
