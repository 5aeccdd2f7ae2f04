import { isBlank } from '../../../text/blank.ts'
import { type Fields, fieldsOf, firstText, listOf, scalarIn, textIn } from '../json.ts'
import { code, inLine, inLines, link, plainText } from '../markdown.ts'

/** GitHub's own events (and Gitea's and Forgejo's, which look alike): who did what in which repository. */
export function githubText(payload: Fields): string {
  const repository = fieldsOf(payload.repository)
  const name = textIn(repository.full_name)
  if (isBlank(name)) return ''
  const where = link(repository.html_url, name)
  if (typeof payload.ref === 'string' && Array.isArray(payload.commits)) return pushText(payload, where)
  if (typeof payload.zen === 'string')
    return inLines([`${where}: this webhook works.`, plainText(payload.zen)])
  return subjectText(payload, where)
}

function pushText(payload: Fields, where: string): string {
  const { ref, commits, compare, compare_url, deleted, forced, created } = payload
  const [kind, name] = /^refs\/tags\//.test(textIn(ref))
    ? ['tag', textIn(ref).slice(10)]
    : ['branch', textIn(ref).replace(/^refs\/heads\//, '')]
  const count = listOf(commits).length
  const target = `${kind} ${code(name)} of ${where}`
  const commitsText = link(compare ?? compare_url, `${count} ${count === 1 ? 'commit' : 'commits'}`)
  const did =
    deleted === true
      ? `deleted ${target}`
      : count === 0
        ? `${created === true ? 'created' : 'changed'} ${target}`
        : `${forced === true ? 'force-pushed' : 'pushed'} ${commitsText} to ${target}`
  return inLines([`${actorOf(payload)} ${did}`, ...listOf(commits).map(commitText)])
}

function commitText(commit: unknown): string {
  const { id, url, message, author } = fieldsOf(commit)
  const title = textIn(message).split('\n', 1)[0]!
  const by = firstText(fieldsOf(author).name, fieldsOf(author).username)
  return `- ${inLine([link(url, textIn(id).slice(0, 7)), plainText(title)], ' ')}${by ? ` (${plainText(by)})` : ''}`
}

/** What an event can be about, in the order in which GitHub nests them: a comment of an issue has both. */
const subjects = [
  'comment',
  'review',
  'pull_request',
  'issue',
  'discussion',
  'release',
  'workflow_run',
  'check_run',
]

function subjectText(payload: Fields, where: string): string {
  const kind = subjects.find((each) => typeof payload[each] === 'object' && payload[each] !== null)
  const action = textIn(payload.action).replaceAll('_', ' ')
  if (!kind) {
    const ref = textIn(payload.ref)
    return inLine([actorOf(payload), action, textIn(payload.ref_type), ref && code(ref), 'in', where], ' ')
  }
  const about = fieldsOf(payload[kind])
  const parent = fieldsOf(payload.issue ?? payload.pull_request ?? payload.discussion)
  const number = scalarIn(about.number ?? parent.number)
  const label = inLine(
    [number && `#${number}`, firstText(about.title, about.name, parent.title, about.tag_name)],
    ' ',
  )
  const result = textIn(about.conclusion)
  const verb = inLine([action, kind.replaceAll('_', ' ')], ' ')
  const line = `${actorOf(payload)} ${verb} ${link(about.html_url, label)} in ${where}${result && `: ${result}`}`
  return inLines([line, isNew.test(action) ? textIn(about.body) : ''])
}

/** A change of a label does not say the whole text again. */
const isNew = /^(?:opened|created|submitted|published)$/

const actorOf = ({ pusher, sender }: Fields): string =>
  plainText(firstText(fieldsOf(pusher).name, fieldsOf(pusher).login, fieldsOf(sender).login) || 'Somebody')
