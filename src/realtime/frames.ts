import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import { type CommandName, commands, type Ref } from '../protocol/commands.ts'
import { ChatError, invalidField, invalidFields } from '../protocol/errors.ts'
import { fieldErrors } from '../protocol/field-errors.ts'
import { parseJson, repeatsName } from '../protocol/json.ts'
import type { Span } from '../traces.ts'

const checks = new Map<string, TypeCheck<(typeof commands)[CommandName]>>()

/** Compiled on first use, to keep startup fast. */
function checkOf(name: CommandName): TypeCheck<(typeof commands)[CommandName]> {
  let check = checks.get(name)
  if (!check) {
    check = TypeCompiler.Compile(commands[name])
    checks.set(name, check)
  }
  return check
}

export type CheckedCommand = {
  name: CommandName
  ref?: Ref
  params: Record<string, unknown>
  /** Only if its trace is recorded. */
  span?: Span
}
export type RefusedFrame = { ref?: Ref; error: ChatError }

/**
 * Parses and checks a frame. On the simple socket of a room, `room` may be left out, and a frame that is not a JSON object
 * is the text of a message.
 */
export function readFrame(raw: string | Buffer, room: string | undefined): CheckedCommand | RefusedFrame {
  if (typeof raw !== 'string') return { error: new ChatError('binary_frame') }
  const value = parse(raw)
  if (value === undefined) {
    if (room === undefined) return { error: new ChatError('not_a_frame') }
    return check({ type: 'message.send', room, content: raw })
  }
  if (repeatsName(raw, value)) return { ...aboutOf(value), error: invalidField('/', 'repeated_field') }
  if (room !== undefined && value.room === undefined && isAboutRoom(value.type)) value.room = room
  return check(value)
}

/** Read from the schema, so that a new command needs no change here. */
const isAboutRoom = (type: unknown): boolean =>
  typeof type === 'string' &&
  Object.hasOwn(commands, type) &&
  'room' in commands[type as CommandName].properties

function parse(raw: string): Record<string, unknown> | undefined {
  if (!raw.trimStart().startsWith('{')) return undefined
  try {
    return parseJson(raw) as Record<string, unknown>
  } catch {
    return undefined
  }
}

function check(frame: Record<string, unknown>): CheckedCommand | RefusedFrame {
  const about = aboutOf(frame)
  const { type } = frame
  if (typeof type !== 'string') {
    return { ...about, error: new ChatError('frame_without_type') }
  }
  if (!Object.hasOwn(commands, type)) return { ...about, error: invalidField('/type', 'unknown_command') }
  const name = type as CommandName
  const known = checkOf(name)
  if (!known.Check(frame)) return { ...about, error: invalidFields(fieldErrors(known.Errors(frame))) }
  // The frame itself, not a copy: verbs read only the fields they know, and copying each command costs time.
  return { name, ...about, params: frame }
}

function aboutOf({ ref }: Record<string, unknown>): { ref?: Ref } {
  // JSON has no word for the infinite number that `1e400` is read as.
  return (typeof ref === 'number' && Number.isFinite(ref)) || (typeof ref === 'string' && ref.length <= 128)
    ? { ref }
    : {}
}
