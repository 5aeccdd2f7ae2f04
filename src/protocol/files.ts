import { type Static, Type } from '@sinclair/typebox'
import { ClientId, Prose } from './fields.ts'
import { previewSizes } from './file-numbers.ts'

const closed = { additionalProperties: false }

/** The id of a file in a request. A malformed one is a file that does not exist. */
export const FileId = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[\\x21-\\x7e]*$',
  examples: ['019ac1f2-7a10-7c3e-9d51-2f8f3c1be0aa'],
})

export const Alt = Prose(1000, 'A boat at the quay', 'What the picture shows, for people who cannot see it.')

export const aFile = {
  id: '019ac1f2-7a10-7c3e-9d51-2f8f3c1be0aa',
  name: 'harbour.jpg',
  type: 'image/jpeg',
  bytes: 245_810,
  width: 1600,
  height: 1200,
}

/** Its bytes are at `/files/{id}`, those of a smaller picture at `/files/{id}/preview`. */
export const File = Type.Object(
  {
    id: Type.String(),
    name: Type.String({ description: 'As its sender called it, without what no system takes.' }),
    type: Type.String({
      description: 'The media type, as its bytes say it; `application/octet-stream` if they say nothing.',
    }),
    bytes: Type.Integer({ description: 'Its size.' }),
    width: Type.Optional(
      Type.Integer({
        description:
          'Of a picture, as it is shown, in pixels. A file without it is no picture, whatever its type is.',
      }),
    ),
    height: Type.Optional(Type.Integer()),
    placeholder: Type.Optional(
      Type.String({
        description: 'A tiny blurred picture as a `data:` URL, to show until the picture is there.',
      }),
    ),
    alt: Type.Optional(Type.String({ description: 'What the picture shows, in words.' })),
  },
  { $id: 'File', examples: [aFile] },
)
export type File = Static<typeof File>

export const FileUpload = Type.Object(
  {
    client_id: Type.Optional(ClientId),
    alt: Type.Optional(
      Type.String({ maxLength: 1000, examples: ['A boat at the quay'], description: Alt.description! }),
    ),
  },
  closed,
)
export type FileUpload = Static<typeof FileUpload>

export const FileChange = Type.Object({ alt: Alt }, { $id: 'FileChange', ...closed })
export type FileChange = Static<typeof FileChange>

export const FileQuery = Type.Object(
  {
    sig: Type.Optional(
      Type.String({
        maxLength: 1024,
        examples: ['eyJhbGciOiJIUzI1NiJ9'],
        description: 'Of a signed address: then no token and no cookie is needed.',
      }),
    ),
  },
  closed,
)

export const PreviewQuery = Type.Object(
  {
    size: Type.Optional(
      Type.Integer({
        enum: [...previewSizes],
        minimum: previewSizes[0],
        maximum: previewSizes.at(-1)!,
        examples: [360],
        description: 'Its longer side, in pixels: 360 (the default), 720 or 1440.',
      }),
    ),
    ...FileQuery.properties,
  },
  closed,
)

/** Where the picture of a person or of a room is, by the id of its file: its smallest preview. */
export const avatarAddress = (file: string): string => `/files/${file}/preview`

export const Avatar = (whose: string) =>
  Type.String({
    examples: [avatarAddress(aFile.id)],
    description: `The address of ${whose} picture on this server, as WebP of at most 360 pixels; larger with \`?size=720\` or \`?size=1440\`. Another picture has another address. Absent: none.`,
  })

/** An address of a file that needs no token for some minutes, for `<img>` in the page of another origin. */
export const SignedAddress = Type.Object(
  {
    url: Type.String({ examples: ['https://chat.example.org/files/019ac1f2?sig=eyJhbGciOiJIUzI1NiJ9'] }),
    preview_url: Type.Optional(
      Type.String({ description: 'Of a picture: the same for its preview. Add `&size=`.' }),
    ),
    expires_in: Type.Integer({ examples: [300], description: 'Seconds.' }),
  },
  { $id: 'SignedAddress' },
)
export type SignedAddress = Static<typeof SignedAddress>
