import { depotOf } from '../../src/features/attachments/depot.ts'
import { namesOf } from '../../src/features/attachments/removed.ts'
import type { Tools } from '../../src/scope.ts'
import { type Answer, type Person, rest } from './client.ts'

type Options = { clientId?: string; type?: string; form?: boolean; alt?: string }

/** Uploads these bytes to a room, as the whole body or as a form. */
export async function upload(
  server: { url: string },
  person: Pick<Person, 'token'>,
  room: string,
  bytes: Uint8Array | string,
  name = 'notes.txt',
  { clientId, type = 'application/octet-stream', form, alt }: Options = {},
): Promise<Answer> {
  const query = new URLSearchParams({
    ...(clientId === undefined ? {} : { client_id: clientId }),
    ...(alt === undefined ? {} : { alt }),
  })
  const body = new FormData()
  if (form) body.append('file', new Blob([bytes as never], { type }), name)
  const response = await fetch(`${server.url}/rooms/${room}/files?${query}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${person.token}`,
      ...(form ? {} : { 'content-type': type, 'x-file-name': encodeURIComponent(name) }),
    },
    body: form ? body : (bytes as never),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

/** Uploads a file and sends it. Returns the message. */
export async function sendFile(
  server: { url: string },
  person: Person,
  room: string,
  bytes: Uint8Array | string,
  name?: string,
) {
  const { body: file } = await upload(server, person, room, bytes, name)
  const sent = await rest(server, person).post(`/rooms/${room}/messages`, { content: '', files: [file.id] })
  if (sent.status !== 201) throw new Error(`The file was not sent: ${JSON.stringify([file, sent.body])}`)
  return sent.body
}

export async function download(
  server: { url: string },
  person: Pick<Person, 'token'> | undefined,
  id: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${server.url}/files/${id}`, {
    headers: { ...(person ? { authorization: `Bearer ${person.token}` } : {}), ...headers },
  })
}

/** The names under which the depot still has bytes of this file. */
export async function bytesLeft({ tools }: { tools: Tools }, id: string): Promise<string[]> {
  const depot = await depotOf(tools)
  const left: string[] = []
  for (const name of namesOf(id)) {
    const file = await depot.open(name)
    if (file) left.push(name)
    await file?.close()
  }
  return left
}

/** Puts the picture of a person (`/users/me/avatar`) or of a room. */
export async function putPicture(
  server: { url: string },
  person: Pick<Person, 'token'>,
  path: string,
  bytes: Uint8Array | string,
  { form }: { form?: boolean } = {},
): Promise<Answer> {
  const body = new FormData()
  if (form) body.append('file', new Blob([bytes as never]), 'me.jpg')
  const response = await fetch(server.url + path, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${person.token}`,
      ...(form ? {} : { 'content-type': 'application/octet-stream', 'x-file-name': 'me.jpg' }),
    },
    body: form ? body : (bytes as never),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

/** What is at an address that the server gave. */
export const look = (
  server: { url: string },
  person: Pick<Person, 'token'> | undefined,
  address: string,
): Promise<Response> =>
  fetch(server.url + address, { headers: person ? { authorization: `Bearer ${person.token}` } : {} })
