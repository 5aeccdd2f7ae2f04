import { Sheet } from '../kit/sheet.tsx'
import { say } from '../language/say.ts'
import { StatusForm } from './status-form.tsx'

/** Your status over every view, from the menu of your account. */
export function StatusSheet({ onClose }: { onClose: () => void }) {
  return (
    <Sheet title={say('status.title')} onClose={onClose}>
      <StatusForm onDone={onClose} />
    </Sheet>
  )
}
