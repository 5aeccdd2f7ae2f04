import { type Static, Type } from '@sinclair/typebox'

export const aPreview = {
  id: '019ac1f2-7a10-7c3e-9d51-2f8f3c1be0ab',
  url: 'https://example.org/tides',
  title: 'Tide tables',
  description: 'High and low water at the harbour.',
}

/** In a request. A malformed one is a preview that does not exist. */
export const PreviewId = Type.String({ minLength: 1, maxLength: 128, examples: [aPreview.id] })

/** What a page says of itself that a message links to. The server has fetched it once; nothing of it is from the author of the message. */
export const Preview = Type.Object(
  {
    id: Type.String(),
    url: Type.String({ description: 'The address of the link, without the part after `#`.' }),
    title: Type.Optional(Type.String({ description: 'Plain text of at most 200 characters.' })),
    description: Type.Optional(Type.String({ description: 'Plain text of at most 400 characters.' })),
    site: Type.Optional(
      Type.String({ description: 'What the site calls itself. Show the host of `url` too: a site may lie.' }),
    ),
    image: Type.Optional(
      Type.Object(
        {
          url: Type.String({
            description:
              'Where this server has the picture, as WebP of at most 360 pixels, for those who may read the message.',
          }),
          width: Type.Integer({ description: 'Of the WebP, in pixels.' }),
          height: Type.Integer(),
          placeholder: Type.Optional(
            Type.String({
              description: 'A tiny blurred picture as a `data:` URL, to show until the picture is there.',
            }),
          ),
        },
        { $id: 'PreviewImage' },
      ),
    ),
  },
  { $id: 'Preview', examples: [aPreview] },
)
export type Preview = Static<typeof Preview>
