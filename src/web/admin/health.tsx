import { useEffect, useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { say } from '../language/say.ts'
import type { Word } from '../language/translations/types.ts'

/** Says that the disk of the server is nearly full, or why nothing can be saved. */
export function Health() {
  const { admin } = useStore()
  const [warning, setWarning] = useState<Word>()
  useEffect(() => void admin.healthWarning().then(setWarning), [admin])
  return (
    <div role="status">
      {warning && (
        <p class="notice bad" dir="auto">
          {say(warning)}
        </p>
      )}
    </div>
  )
}
