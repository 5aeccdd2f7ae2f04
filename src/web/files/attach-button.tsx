import { useRef } from 'preact/hooks'
import { hasKeyboard } from '../ground/media.ts'
import { Icon } from '../kit/icon.tsx'
import { Menu } from '../kit/menu.tsx'
import { say } from '../language/say.ts'

/** Picks files; on a phone it also takes a photo. */
export function AttachButton({ onPick }: { onPick: (files: readonly File[]) => void }) {
  const picker = useRef<HTMLInputElement>(null)
  const camera = useRef<HTMLInputElement>(null)
  const picked = (event: Event & { currentTarget: HTMLInputElement }) => {
    const { files } = event.currentTarget
    if (files?.length) onPick([...files])
    // The same file again is picked again.
    event.currentTarget.value = ''
  }
  return (
    <>
      {hasKeyboard() ? (
        <button
          type="button"
          class="tool"
          aria-label={say('attach.open')}
          title={say('attach.open')}
          onClick={() => picker.current?.click()}
        >
          <Icon of="clip" />
        </button>
      ) : (
        <Menu
          class="tool"
          label={say('attach.open')}
          icon="clip"
          choices={() => [
            { name: say('attach.camera'), icon: 'camera', run: () => camera.current?.click() },
            { name: say('attach.pick'), icon: 'file', run: () => picker.current?.click() },
          ]}
        />
      )}
      <input ref={picker} type="file" multiple hidden onChange={picked} />
      <input ref={camera} type="file" accept="image/*" capture="environment" hidden onChange={picked} />
    </>
  )
}
