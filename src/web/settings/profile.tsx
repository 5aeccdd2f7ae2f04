import { useStore } from '../ground/context.ts'
import { Choice } from '../kit/choice.tsx'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { PictureField } from '../kit/picture-field.tsx'
import { Select } from '../kit/select.tsx'
import { say } from '../language/say.ts'
import { Face } from '../people/face.tsx'
import { MailSettings } from './mail.tsx'
import { StatusForm } from './status-form.tsx'
import { ownZone, zonesWith } from './time-zones.ts'
import { useConfirmation } from './use-confirmation.tsx'

type DirectFrom = 'everyone' | 'shared' | 'nobody'

export function ProfileSettings() {
  const store = useStore()
  const me = store.state.value.me
  const { confirmed, passwordField } = useConfirmation()
  if (!me) return <p>{say('app.moment')}</p>

  const save = (fields: FormData) =>
    confirmed(fields, (password) =>
      store.account.changeProfile({
        display_name: given(fields, 'display_name'),
        title: given(fields, 'title'),
        pronouns: given(fields, 'pronouns'),
        time_zone: given(fields, 'time_zone'),
        direct_from: fields.get('direct_from') as DirectFrom,
        ...emailOf(fields, me.email),
        ...password,
      }),
    )

  return (
    <>
      <PictureField
        hint={say('picture.hint')}
        has={me.avatar !== undefined}
        onChoose={store.account.setPicture}
        onRemove={store.account.removePicture}
      >
        <Face {...me} large />
      </PictureField>
      <Form keepAs="profile" action={say('act.save')} done={say('act.saved')} onSubmit={save}>
        {(wrong) => (
          <>
            <p class="hint">{say('profile.username', { name: me.username })}</p>
            <Field
              name="display_name"
              label={say('profile.name')}
              hint={say('profile.nameHint')}
              value={me.display_name}
              wrong={wrong.display_name}
              maxlength={64}
              autocomplete="nickname"
              required
            />
            <Field
              name="title"
              label={say('profile.title')}
              hint={say('profile.titleHint')}
              value={me.title ?? ''}
              wrong={wrong.title}
              maxlength={100}
              autocomplete="organization-title"
            />
            <Field
              name="pronouns"
              label={say('profile.pronouns')}
              hint={say('profile.pronounsHint')}
              value={me.pronouns ?? ''}
              wrong={wrong.pronouns}
              maxlength={40}
              autocomplete="off"
            />
            <Select
              name="time_zone"
              label={say('quiet.zone')}
              hint={say('profile.zoneHint')}
              value={me.time_zone ?? ''}
              options={[['', say('profile.noZone')], ...zonesWith(ownZone(), me.time_zone ?? ownZone())]}
            />
            <Field
              name="email"
              type="email"
              label={say('profile.email')}
              hint={say('profile.emailHint')}
              value={me.email ?? ''}
              wrong={wrong.email}
              autocomplete="email"
            />
            {passwordField(wrong)}
            <Choice<DirectFrom>
              name="direct_from"
              label={say('profile.directFrom')}
              value={me.direct_from ?? 'everyone'}
              options={[
                ['everyone', say('profile.everyone')],
                ['shared', say('profile.shared')],
                ['nobody', say('profile.nobody')],
              ]}
            />
          </>
        )}
      </Form>
      <section class="part">
        <h3>{say('status.title')}</h3>
        <StatusForm />
      </section>
      <MailSettings />
    </>
  )
}

const given = (fields: FormData, name: string): string => String(fields.get(name) ?? '').trim()

/** Not sent if unchanged: an account created by the operator may have no email, and the server refuses an empty one. */
function emailOf(fields: FormData, before: string | undefined): { email?: string } {
  const email = given(fields, 'email')
  return email === (before ?? '') ? {} : { email }
}
