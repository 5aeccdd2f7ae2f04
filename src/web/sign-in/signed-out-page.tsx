import type { ComponentChildren, RefObject } from 'preact'
import { useStore } from '../ground/context.ts'
import { preferences } from '../ground/preferences.ts'
import { Mark } from '../kit/mark.tsx'
import { language, languages } from '../language/language.ts'
import { say } from '../language/say.ts'

type Props = { body?: RefObject<HTMLDivElement | null>; children: ComponentChildren }

/** What people see before they are signed in: the name of the community, and a form. */
export function SignedOutPage({ body, children }: Props) {
  const { name, avatar } = useStore().community.value
  return (
    <div class="signed-out">
      <header class="signed-out-front">
        <Mark picture={avatar} />
        <h1 dir="auto">{name}</h1>
        <p>{say('app.motto')}</p>
      </header>
      <main class="signed-out-form">
        <div class="signed-out-body" {...(body && { ref: body })}>
          {children}
        </div>
        <Languages />
      </main>
    </div>
  )
}

/** Each language under its own name: a person who wants to change the language may not read the current one. */
function Languages() {
  return (
    <fieldset class="languages">
      <legend class="unseen">{say('look.language')}</legend>
      {Object.entries(languages).map(([tag, name]) => (
        <button
          key={tag}
          type="button"
          class="link"
          lang={tag}
          aria-current={tag === language.value}
          onClick={() => (preferences.language.value = tag)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  )
}
