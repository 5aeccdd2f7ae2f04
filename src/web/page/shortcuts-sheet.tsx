import { keyName } from '../kit/keys.ts'
import { Sheet } from '../kit/sheet.tsx'
import { say } from '../language/say.ts'
import { shortcuts } from './shortcuts.ts'

export function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Sheet title={say('keys.title')} onClose={onClose} wide>
      {shortcuts.map(({ title, list }) => (
        <section key={title} class="shortcuts">
          <h3>{say(title)}</h3>
          <dl>
            {list.map(({ keys, word }) => (
              <div key={word}>
                <dt>{say(word)}</dt>
                <dd>
                  {keys.map((key) => (
                    <kbd key={key}>{keyName(key)}</kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Sheet>
  )
}
