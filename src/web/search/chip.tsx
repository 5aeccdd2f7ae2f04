type ChipProps = { on: boolean; onTurn: (on: boolean) => void; children: string }

export function Chip({ on, onTurn, children }: ChipProps) {
  return (
    <button type="button" class="chip" aria-pressed={on} onClick={() => onTurn(!on)}>
      {children}
    </button>
  )
}
