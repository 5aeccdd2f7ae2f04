import { Nothing } from '../fields.ts'
import { File, FileChange, FileQuery, FileUpload, PreviewQuery, SignedAddress } from '../files.ts'
import type { Route } from '../route.ts'

export const fileRoutes = {
  'POST /rooms/:room/files': {
    summary: 'Upload a file, to send it with a message',
    description:
      'The field `file` of a form, or the bytes as the body, with their name in the header `X-File-Name` (percent-encoded). What it is, its bytes say. Nobody else sees it until a message has it; without one it is deleted after an hour. Another upload with the same `client_id` is the same file. What tells a place or a device is removed from JPEG, PNG, APNG and WebP pictures; other formats are stored as they are.',
    permit: 'write',
    budget: 'create',
    query: FileUpload,
    bodyIs: 'file',
    reply: File,
    status: 201,
  },
  'GET /files/:file': {
    summary: 'Get the bytes of a file',
    description:
      'For those who may read its message now. Takes `Range` of one part: beyond the end it is 416 without a body, and several parts get the whole file. Takes `If-None-Match` too. A file never changes under its id.',
    permit: 'read',
    budget: 'read',
    query: FileQuery,
    replyIs: 'file',
    signed: true,
  },
  'GET /files/:file/preview': {
    summary: 'Get a smaller picture, as WebP',
    description: 'Of a file with `width`. Nothing is made larger than it is.',
    permit: 'read',
    budget: 'read',
    query: PreviewQuery,
    replyIs: 'file',
    signed: true,
  },
  'PATCH /files/:file': {
    summary: 'Say what your picture shows, before you send it',
    permit: 'write',
    budget: 'write',
    body: FileChange,
    reply: File,
  },
  'DELETE /files/:file': {
    summary: 'Delete your file, before you send it',
    description: 'After that it goes with its message.',
    permit: 'write',
    budget: 'write',
  },
  'POST /files/:file/address': {
    summary: 'Sign an address of a file, for pages of other origins',
    description: 'It works for some minutes, as long as you may see the file and your session lasts.',
    permit: 'read',
    budget: 'read',
    body: Nothing,
    reply: SignedAddress,
  },
} as const satisfies Record<string, Route>
