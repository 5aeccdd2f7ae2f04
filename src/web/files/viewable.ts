import type { File } from '../../protocol/files.ts'
import type { Message } from '../../protocol/messages.ts'
import { isPicture, type Picture } from './kinds.ts'

/** A picture, and the message that has it. */
export type Viewed = { readonly message: Message; readonly file: File }
export type Viewable = { readonly message: Message; readonly file: Picture }

/** The pictures to look through, in the order of the talk, without those of blocked people; `first` is the message that was opened. */
export const viewableIn = (
  messages: readonly Message[],
  hides: (username: string) => boolean,
  first: number,
): readonly Viewable[] =>
  messages
    .filter(({ deleted_at, author, seq }) => !deleted_at && (seq === first || !hides(author.username)))
    .flatMap((message) => (message.files ?? []).filter(isPicture).map((file) => ({ message, file })))
