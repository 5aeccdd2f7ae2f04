import type { Reason } from '../../protocol/errors.ts'
import type { Route } from '../../protocol/route.ts'

/** What is known of an operation. `name` is as in the table of routes: `GET /rooms/:room`. */
export type Facts = {
  name: string
  row?: Route | undefined
  isSecured: boolean
  hasBody: boolean
  hasInput: boolean
}

type Applies = (facts: Facts) => boolean

const always: Applies = () => true
const never: Applies = () => false
const secured: Applies = ({ isSecured }) => isSecured
const body: Applies = ({ hasBody }) => hasBody
const input: Applies = ({ hasInput }) => hasInput
const at =
  (...patterns: RegExp[]): Applies =>
  ({ name }) =>
    patterns.some((pattern) => pattern.test(name))
const either =
  (...some: Applies[]): Applies =>
  (facts) =>
    some.some((applies) => applies(facts))
const budget =
  (wanted: string): Applies =>
  ({ row }) =>
    typeof row?.budget === 'object'
      ? Object.values(row.budget).some((each) => each === wanted)
      : row?.budget === wanted

const room = /\/:room/
const change = /^(?!GET)/
const sockets = /^GET \/ws/
const hook = /^POST \/hooks/
const account = /^POST \/(auth\/(signup|setup)|bots$|users$)/
const checksPassword =
  /^(POST \/auth\/(signup|setup|login|token|reset|link)|PUT \/users\/me\/password|(PATCH|DELETE) \/users\/me$)/
const changesUser = /^PATCH \/users\/(me|:username)$/
const newPassword = /^(POST \/auth\/(signup|setup|reset|link)|PUT \/users\/me\/password)/
const confirms = /^(PUT \/users\/me\/password|(PATCH|DELETE) \/users\/me$)/
const signInLink = /^POST \/users\/:username\/sign-in-link/
const direct = /^POST \/directs/
const message = /^\w+ \/rooms\/:room\/(messages|pins)/
const marks: Applies = (facts) => changesRoom(facts) && at(/\/(messages|pins|files)/)(facts)
const members = /^\w+ \/rooms\/:room\/members/
const changesMembers = /^(?!GET)\w+ \/rooms\/:room\/members/
const invites = /^\w+ \/rooms\/:room\/invites/
const hooksOfRoom = /^\w+ \/rooms\/:room\/webhooks/
const urls = /^(POST|PATCH) \/(rooms\/:room\/webhooks\/out|push\/subscriptions)/
const tokens = /^POST .*tokens$/
const audit = /^GET \/audit/
const search = /^GET \/search$/
const uploads: Applies = ({ row }) => row?.bodyIs === 'file'
const files: Applies = ({ row }) => row?.bodyIs === 'file' || row?.replyIs === 'file'
const avatars = / \/rooms\/:room\/avatar$/
const report = /^POST .*\/report$/
const changesRoom: Applies = ({ name }) => room.test(name) && change.test(name)
const governs = at(
  /^(PATCH|DELETE) \/rooms\/:room$/,
  /^GET \/rooms\/:room\/export$/,
  members,
  invites,
  hooksOfRoom,
  message,
  avatars,
)

/** Which operations can be refused for which reason. One that only a socket or a field has is `never`. */
const operations: Record<Reason, Applies> = {
  not_json: body,
  json_expected: ({ hasBody, row }) => hasBody && row?.bodyIs === undefined,
  form_expected: ({ row }) => row?.bodyIs === 'form',
  body_encoded: ({ hasBody, row }) => hasBody && row?.bodyIs !== 'text',
  bad_host: always,
  bad_address: input,
  bad_cookie: never,
  not_a_payload: at(hook),
  not_a_frame: never,
  binary_frame: never,
  frame_without_type: never,
  not_a_websocket: at(sockets),
  bad_handshake: at(sockets),

  not_signed_in: either(secured, at(/^POST \/auth\/refresh/)),
  wrong_login: at(/^POST \/auth\/(login|token)/),
  account_banned: at(/^POST \/auth\/(login|token|reset|link)/, signInLink),
  token_invalid: either(secured, at(/^POST \/auth\/(signup|refresh|token)/)),
  ticket_invalid: at(sockets),
  session_ended: either(secured, at(/^POST \/auth\/(signup|refresh|token)/)),

  signup_closed: at(/^POST \/auth\/signup/),
  setup_link_invalid: at(/^POST \/auth\/setup/),
  link_invalid: at(/^POST \/auth\/(reset|link|confirm)/),
  admin_exists: at(/^POST \/auth\/setup/),
  wrong_current_password: at(confirms),
  confirm_password: at(/^(PATCH|DELETE) \/users\/me$/),
  username_taken: at(account),
  email_taken: at(account, /^PATCH \/users\/(me|:username)$/),
  username_reserved: at(account),
  name_reserved: at(account, /^PATCH \/users\/(me|:username)$/, hooksOfRoom),
  names_alike: at(/^PUT \/users\/:username\/roles/),
  last_admin: at(/^DELETE \/users\/(me$|:username\/roles)/, /^PUT \/users\/:username\/ban/),
  user_role_fixed: at(/^DELETE \/users\/:username\/roles/),
  ban_yourself: at(/^PUT \/users\/:username\/ban/),
  block_yourself: at(/^PUT \/users\/me\/blocks/),
  bot_without_password: at(/^PUT \/users\/me\/password/, signInLink),
  password_is_name: at(newPassword),
  password_common: at(newPassword),
  no_mail: at(/^POST \/users\/me\/confirmation/),
  user_not_found: at(/:username/, direct, search, audit),
  session_not_found: at(/^DELETE \/auth\/sessions/),
  bot_not_found: at(/ \/bots\/:/),
  token_not_found: at(/^DELETE .*tokens\/:id/),
  admins_create_admins: at(/^POST \/auth\/signup/),
  admins_only: either(({ row }) => row?.access === 'admin', at(/^POST \/auth\/signup/)),
  origin_not_allowed: either(secured, at(sockets, /^POST \/auth\//)),
  token_not_allowed: either(secured, at(/^POST \/auth\/signup/)),
  token_lacks_scope: either(secured, at(/^POST \/auth\/signup/)),
  other_session: never,
  scope_needs_admin: at(tokens),
  too_many_tokens: at(tokens),

  room_not_found: at(room, search, /^POST \/(invites|rooms)/),
  member_not_found: at(changesMembers),
  room_taken: at(/^POST \/rooms$/),
  admins_create_rooms: at(/^POST \/rooms$/),
  not_a_member: at(room, search),
  room_archived: at(room, /^POST \/invites/),
  moderators_only: governs,
  owners_only: governs,
  owners_appoint: at(changesMembers),
  admins_room: at(members, sockets, /^POST \/(invites|users\/me\/invitations)/),
  last_owner: at(changesMembers, /^DELETE \/users\/me$/),
  invites_not_accepted: at(invites, /^POST \/invites/),
  invitation_not_found: at(/ \/users\/me\/invitations\/:/),
  too_many_saved: at(/^PUT .*\/saved$/),
  too_many_invitations: at(changesMembers),
  retention_too_long: at(/^PATCH \/rooms\/:room$/),
  invite_not_found: at(/^DELETE \/rooms\/:room\/invites/),
  invite_invalid: at(/ \/invites\/:code/, /^POST \/auth\/(signup|invite)/),
  direct_refused: at(direct),
  person_refuses_direct: at(direct),
  direct_blocked: marks,
  direct_members_fixed: at(members, invites, sockets),
  direct_permanent: at(/^DELETE \/rooms\/:room$/, members),
  direct_not_exported: at(/^GET \/rooms\/:room\/export$/, /webhooks\/out/),
  admins_room_stays: at(/^PATCH \/rooms\/:room$/),
  direct_without_settings: at(/^PATCH \/rooms\/:room$/, avatars),
  direct_elsewhere: at(/^POST \/rooms$/),
  nobody_else: at(direct),
  too_many_people: at(direct),

  moderators_post: at(/^(?!GET)\w+ \/rooms\/:room\/(messages|pins|files)/, hook),
  silenced: marks,
  slow_mode: at(/^(POST|PATCH) \/rooms\/:room\/messages/, hook),
  not_the_author: at(/^PATCH \/rooms\/:room\/messages/),
  not_yours_to_delete: at(/^DELETE \/rooms\/:room\/messages/),
  message_not_found: at(/:seq/),
  message_deleted: at(/:seq/),
  preview_not_found: at(/:preview/),
  preview_not_yours: at(/^DELETE .*:preview/),
  reply_not_found: at(/^POST \/rooms\/:room\/messages/),
  report_yourself: at(report),
  already_reported: at(report),
  report_not_found: at(/^PATCH \/reports/),
  report_closed: at(/^PATCH \/reports/),
  attachment_not_found: at(/^POST \/rooms\/:room\/messages/),
  attachment_used: at(/^POST \/rooms\/:room\/messages/),
  client_id_reused: at(/^POST \/rooms\/:room\/(messages|files)/, hook),
  too_many_reactions: at(/^PUT .*reactions/),

  search_off: at(search),
  search_empty: at(search),
  search_words: at(search),
  search_filter: at(search),
  search_too_broad: at(search),
  cursor_wrong: at(search),

  webhooks_not_accepted: at(hooksOfRoom),
  webhook_not_found: at(/webhooks\/:id/, hook),
  webhook_removed: at(hook),
  webhook_banned: at(hook),
  webhook_creator_lost_right: at(hook),
  webhook_creator_banned: at(hook),
  too_many_webhooks: at(/^POST \/rooms\/:room\/webhooks$/),
  too_many_outgoing_webhooks: at(/^POST \/rooms\/:room\/webhooks\/out/),
  url_broken: at(urls),
  url_not_https: at(urls),
  url_has_password: at(urls),
  url_port: at(urls),
  url_not_public: at(urls),
  keyword_without_word: at(/^PUT .*\/keywords$/),
  section_not_found: at(/^PATCH .*\/arrangement$/, /^PUT .*\/section$/),
  push_key_wrong: at(/^POST \/push/),
  push_subscription_not_found: at(/^DELETE \/push/),
  no_text_to_show: at(hook),

  file_not_found: at(/ \/(files|community\/avatar)\/:file/),
  file_sent: at(/^(PATCH|DELETE) \/files\/:file/),
  file_empty: uploads,
  file_type_refused: uploads,
  not_a_picture: at(/^PUT .*\/avatar$/),
  file_damaged: at(/ \/files\/:file/),
  bad_form: uploads,
  one_file: uploads,
  upload_cut: uploads,
  upload_slow: uploads,
  signature_invalid: ({ row }) => row !== undefined && 'signed' in row,
  files_elsewhere: files,
  files_away: files,
  file_too_large: uploads,
  picture_too_large: uploads,
  files_full: uploads,
  too_many_uploads: uploads,

  wrong_method: never,
  nothing_here: at(/^GET \/metrics/, / \/mail\/unsubscribe/),
  body_too_large: either(body, at(hook)),

  invalid_fields: input,
  repeated_field: input,
  not_in_range: input,
  required: input,
  nothing_given: body,
  unknown_field: input,
  unknown_command: never,
  empty: input,
  too_short: input,
  too_long: input,
  broken_text: input,
  hidden_characters: body,
  too_many_marks: body,
  not_text: input,
  not_a_number: input,
  not_an_integer: input,
  too_small: input,
  too_large: input,
  not_a_boolean: body,
  not_a_list: body,
  too_few_items: body,
  too_many_items: body,
  repeated_item: body,
  not_an_object: body,
  not_one_of: input,
  ref_format: never,
  username_format: body,
  email_format: body,
  room_id_format: body,
  client_id_format: either(body, at(hook)),
  emoji_format: either(at(/:emoji/), at(changesUser)),
  time_zone_unknown: either(({ row }) => row?.replyIs === 'zip', at(changesUser)),
  time_format: body,
  time_past: either(at(/^PUT \/users\/:username\/ban/), at(changesUser)),
  wrong_format: input,

  too_many_requests: always,
  too_many_messages: budget('message'),
  too_many_writes: budget('write'),
  too_many_reads: either(budget('read'), budget('search')),
  too_many_creations: budget('create'),
  too_many_exports: budget('export'),
  export_running: budget('export'),
  passwords_busy: at(checksPassword),
  too_many_rooms: never,
  internal: always,
  disk_full: always,
  database_gone: always,
  database_damaged: always,
  database_away: always,
  server_busy: always,
  server_full: at(sockets),
  server_stopping: at(sockets, /^GET \/health\/ready/),
  room_busy: always,
  socket_closed: never,
}

/** The reasons for which an operation can be refused, in the order of `refusals`. */
export const reasonsOf = (facts: Facts): Reason[] =>
  (Object.keys(operations) as Reason[]).filter((reason) => operations[reason](facts))
