import { mostMentions } from '../../text/markdown/mentions.ts'
import { mentionsIn } from '../../text/markdown/parse.ts'
import { say } from '../language/say.ts'

/** Says that a message mentions more people than it can notify. */
export function MentionNote({ text }: { text: string }) {
  const isFull = text.split(/[@＠]/, mostMentions + 2).length > mostMentions + 1
  return isFull && mentionsIn(text).hasMore ? (
    <p class="slow" role="status">
      {say('compose.mentions', { n: mostMentions })}
    </p>
  ) : null
}
