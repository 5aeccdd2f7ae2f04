import { say } from '../language/say.ts'

/** In the place of something that one press has removed. */
export function Undo({ text, onUndo }: { text: string; onUndo: () => void }) {
  return (
    <p class="hint undo" role="status">
      {text}
      <button type="button" class="quiet" onClick={onUndo}>
        {say('act.undo')}
      </button>
    </p>
  )
}
