import { useEffect } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { preferences } from '../ground/preferences.ts'
import { adminAddress } from '../ground/route.ts'
import { Icon } from '../kit/icon.tsx'
import { say } from '../language/say.ts'
import { type Step, stepsOf } from './steps.ts'

const addresses: Partial<Record<Step, string>> = {
  name: adminAddress('community'),
  picture: adminAddress('community'),
  people: adminAddress('users'),
}

/**
 * What a new community still needs, for administrators, where they look first. A step is done when its result is there,
 * and it does not matter who did it. The list goes when all are done, or when it is hidden, which this browser remembers for each person.
 */
export function FirstSteps({ onPhone = false }: { onPhone?: boolean }) {
  const { admin, rooms, route, state } = useStore()
  const { me, community, rooms: joined } = state.value
  const { view } = route.value
  const hidden = preferences.stepsHidden.value.split(' ')
  const isFor = me?.roles.includes('admin') === true && !hidden.includes(me.username)
  useEffect(() => {
    if (isFor && view === 'list') admin.lookForOthers()
  }, [admin, isFor, view])

  const hasOthers = admin.hasOthers.value
  // Until the server has said what there is: a list that goes away again at once would only startle.
  if (!me || !isFor || hasOthers === undefined || !rooms.isListed.value) return null
  const steps = stepsOf({ community, hasOthers, rooms: [...rooms.listed.value, ...Object.values(joined)] })
  const done = steps.filter((step) => step.done).length
  if (done === steps.length) return null

  const hide = () => {
    preferences.stepsHidden.value = [...hidden, me.username].filter(Boolean).join(' ')
  }
  return (
    <section class={onPhone ? 'first-steps on-phone' : 'first-steps'} aria-label={say('steps.title')}>
      <div class="head">
        <div>
          <h3>{say('steps.title')}</h3>
          <span>{say('steps.done', { n: done, all: steps.length })}</span>
        </div>
        <button
          type="button"
          class="icon"
          aria-label={say('steps.hide')}
          title={say('steps.hide')}
          onClick={hide}
        >
          <Icon of="close" />
        </button>
      </div>
      <ol>
        {steps.map(({ step, done }) => (
          <li key={step} class={done ? 'done' : undefined}>
            <a
              href={addresses[step] ?? '#list'}
              onClick={(event) => {
                if (addresses[step]) return
                event.preventDefault()
                rooms.sheet.value = { create: 'rooms' }
              }}
            >
              <span class="tick">{done && <Icon of="check" />}</span>
              <span>{say(`steps.${step}`)}</span>
              {done && <span class="unseen">{say('steps.ticked')}</span>}
            </a>
          </li>
        ))}
      </ol>
    </section>
  )
}
