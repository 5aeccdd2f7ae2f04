import { useEffect, useState } from 'preact/hooks'
import { say } from '../language/say.ts'
import { en } from '../language/translations/en.ts'
import type { Word } from '../language/translations/types.ts'

/** Says that the disk of the server is nearly full, or why nothing can be saved. */
export function Health() {
  const [warning, setWarning] = useState<Word>()
  useEffect(() => void warningOf(fetch('/health/ready')).then(setWarning), [])
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

async function warningOf(asked: Promise<Response>): Promise<Word | undefined> {
  try {
    const { disk, reason } = (await (await asked).json()) as { disk?: string; reason?: string }
    if (disk === 'low') return 'admin.diskLow'
    const word = `refusal.${reason}`
    return Object.hasOwn(en, word) ? (word as Word) : undefined
  } catch {
    // The page says elsewhere that the server does not respond.
    return undefined
  }
}
