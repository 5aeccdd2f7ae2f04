import type { Finding } from '../../protocol/findings.ts'
import { useStore } from '../ground/context.ts'
import { momentOf, whenOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { howFound, sentenceOfFinding, toDo } from './finding-text.ts'
import { ServerFactsView } from './server-facts.tsx'

/** What the server knows of its disk and of the stored messages, what it stores and runs with. `Health`, above it, has loaded it. */
export function ServerState() {
  const { admin } = useStore()
  const findings = admin.findings.value
  const verified = findings?.verified
  return (
    <>
      {!admin.warning.value && (
        <section class="part">
          <h3>{say('server.disk')}</h3>
          <p>{say('server.diskOk')}</p>
        </section>
      )}
      <section class="part">
        <h3>{say('findings.title')}</h3>
        <p class="hint">{say('findings.text')}</p>
        {!findings && <p role="status">{say('app.moment')}</p>}
        {findings?.total === 0 && <p>{say('findings.none')}</p>}
        <ol class="entries" aria-label={say('findings.title')}>
          {findings?.items.map((finding) => (
            <Line key={`${finding.what} ${finding.room} ${finding.seq} ${finding.at}`} finding={finding} />
          ))}
        </ol>
        {findings && findings.total > findings.items.length && <p class="hint">{say('findings.more')}</p>}
        {findings && findings.total > 0 && <p class="hint">{say('findings.accept')}</p>}
        {findings && (
          <p class="hint">
            {verified ? say('findings.verified', { at: whenOf(verified.at) }) : say('findings.unverified')}
          </p>
        )}
      </section>
      <ServerFactsView />
    </>
  )
}

function Line({ finding }: { finding: Finding }) {
  return (
    <li class="entry">
      <div class="what">
        <strong dir="auto">{sentenceOfFinding(finding)}</strong>
        <span dir="auto">{say(toDo(finding))}</span>
        <span class="hint" dir="auto">
          <time dateTime={finding.at} title={momentOf(finding.at)}>
            {whenOf(finding.at)}
          </time>
          {` · ${howFound(finding)}`}
        </span>
      </div>
    </li>
  )
}
