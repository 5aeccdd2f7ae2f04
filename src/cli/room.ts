import { confirm } from './ask.ts'
import { choiceOption, type Family, forScripts, textOptions } from './command.ts'
import { runOperation } from './operation.ts'

const json = { json: forScripts }

export const room: Family = {
  actions: {
    create: {
      summary: 'Create a room',
      about:
        'A room without an owner belongs to the community, and administrators manage it. A closed room needs an owner, ' +
        'who invites the others; it gets a random id, so that nobody can guess that it exists.',
      usage:
        'parley room create <id> [--title <text>] [--description <text>] [--access open|closed|admins] [--posting members|moderators] [--owner <username>] [--json]',
      operands: ['<id>'],
      options: {
        title: '<text> (the id)',
        description: '<text> that says what it is for',
        access:
          '<open|closed|admins> who may find and join it: everyone, invited people or administrators (open)',
        posting: '<members|moderators> who may write (members)',
        owner: '<username> of the owner',
        ...json,
      },
      examples: [
        'parley room create news --title News --posting moderators --owner ada',
        'parley room create board --access closed --owner ada',
      ],
      async run(args) {
        const access = choiceOption(args, 'access', ['open', 'closed', 'admins'])
        const posting = choiceOption(args, 'posting', ['members', 'moderators'])
        const newRoom = {
          id: args.words[0]!,
          ...textOptions(args, 'title', 'description'),
          ...(access && { access }),
          ...(posting && { posting }),
        }
        const params = { newRoom, ...textOptions(args, 'owner') }
        return runOperation('room.create', params, { json: args.options.json === true, mayCreate: true })
      },
    },
    list: {
      summary: 'List the rooms, without direct messages',
      usage: 'parley room list [--json]',
      options: json,
      examples: ['parley room list', "parley room list --json | jq -r '.[].id'"],
      run: ({ options }) => runOperation('room.list', {}, { json: options.json === true }),
    },
    delete: {
      summary: 'Delete a room with all its messages, for everyone at once',
      about: 'Asks first on a terminal. Only a backup can bring a deleted room back.',
      usage: 'parley room delete <id> [--yes] [--json]',
      operands: ['<id>'],
      options: { yes: 'do not ask', ...json },
      examples: ['parley room delete lunch --yes'],
      async run({ words: [id], options }) {
        if (!options.yes && !(await confirm(`Delete the room "${id}" and all its messages?`))) return 1
        return runOperation(
          'room.delete',
          { id: id! },
          { json: options.json === true, affectsServerCache: true },
        )
      },
    },
  },
}
