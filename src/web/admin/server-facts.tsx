import { useEffect, useState } from 'preact/hooks'
import type { ServerFacts } from '../../protocol/server-facts.ts'
import { useStore } from '../ground/context.ts'
import { sizeOf } from '../language/amounts.ts'
import { sentenceFor } from '../language/error-text.ts'
import { language } from '../language/language.ts'
import { say } from '../language/say.ts'

type Setting = ServerFacts['settings'][number]

/** How much the server stores, and what it runs with. Only the operator changes that, so nothing here can be changed. */
export function ServerFactsView() {
  const { admin } = useStore()
  const [facts, setFacts] = useState<ServerFacts>()
  const [wrong, setWrong] = useState<string>()
  useEffect(() => {
    admin.showServer().then(setFacts, (error) => setWrong(sentenceFor(error)))
  }, [admin])
  if (!facts) return <p role="status">{wrong ?? say('app.moment')}</p>
  // What the operator has set is what somebody looks for.
  const [own, others] = [facts.settings.filter(isSet), facts.settings.filter((each) => !isSet(each))]
  return (
    <>
      <section class="part">
        <h3>{say('stored.title')}</h3>
        <Stored facts={facts} />
      </section>
      <section class="part">
        <h3>{say('serverSettings.title')}</h3>
        <p class="hint">{say('serverSettings.text')}</p>
        <ul class="entries" aria-label={say('serverSettings.title')}>
          {[...own, ...others].map((setting) => (
            <Line key={setting.name} setting={setting} />
          ))}
        </ul>
      </section>
    </>
  )
}

const isSet = ({ source }: Setting): boolean => source !== 'default'

function Stored({ facts: { version, database, nodes, stored } }: { facts: ServerFacts }) {
  const number = (n: number) => n.toLocaleString(language.value)
  const name = database === 'embedded' ? say('stored.embedded') : 'Postgres'
  const rows = [
    [say('stored.version'), version],
    [say('stored.database'), `${name} · ${sizeOf(stored.database_bytes)}`],
    [say('panel.files'), `${number(stored.files)} · ${sizeOf(stored.file_bytes)}`],
    [say('admin.users'), number(stored.people)],
    [say('admin.bots'), number(stored.bots)],
    [say('admin.rooms'), number(stored.rooms)],
    [say('rooms.directs'), number(stored.directs)],
    ...(nodes > 1 ? [[say('stored.nodes'), number(nodes)] as const] : []),
  ] as const
  return (
    <dl class="amounts">
      {rows.map(([label, amount]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{amount}</dd>
        </div>
      ))}
    </dl>
  )
}

function Line({ setting }: { setting: Setting }) {
  const { name, value, source, meaning } = setting
  return (
    <li class="entry">
      <div class="what">
        <code dir="ltr">
          {isSet(setting) ? <strong>{name}</strong> : name}
          {value && ` = ${value}`}
        </code>
        <span class="hint" lang="en" dir="ltr">
          {meaning}
        </span>
        <span class="hint">
          {say(value === undefined ? 'serverSettings.unset' : `serverSettings.${source}`)}
        </span>
      </div>
    </li>
  )
}
