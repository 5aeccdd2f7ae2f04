import { preferences } from '../ground/preferences.ts'
import { Choice } from '../kit/choice.tsx'
import { languages } from '../language/language.ts'
import { say } from '../language/say.ts'

/** Settings of this browser, not of the account. They apply at once, without a button. */
export function LookSettings() {
  return (
    <div class="form">
      <Choice
        name="look"
        label={say('look.colours')}
        value={preferences.look.value}
        options={[
          ['', say('look.device')],
          ['light', say('look.light')],
          ['dark', say('look.dark')],
        ]}
        onPick={(look) => (preferences.look.value = look)}
      />
      <Choice
        name="contrast"
        label={say('look.contrast')}
        value={preferences.contrast.value}
        options={[
          ['', say('look.device')],
          ['more', say('look.more')],
        ]}
        onPick={(contrast) => (preferences.contrast.value = contrast)}
      />
      <Choice
        name="density"
        label={say('look.density')}
        value={preferences.density.value}
        options={[
          ['', say('look.comfortable')],
          ['compact', say('look.compact')],
        ]}
        onPick={(density) => (preferences.density.value = density)}
      />
      <Choice
        name="language"
        label={say('look.language')}
        value={preferences.language.value}
        options={[['', say('look.browser')], ...Object.entries(languages)]}
        onPick={(language) => (preferences.language.value = language)}
      />
      <p class="hint">{say('look.hint')}</p>
    </div>
  )
}
