import { useState } from 'preact/hooks'
import { useStore } from '../ground/context.ts'
import { Field } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Mark } from '../kit/mark.tsx'
import { PictureField } from '../kit/picture-field.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { say } from '../language/say.ts'

/** How the community is called and what it looks like, for everybody. */
export function CommunityPage() {
  const { community } = useStore()
  const [changing, setChanging] = useState(false)
  const { name, avatar } = community.value
  return (
    <>
      <p class="hint">{say('community.text')}</p>
      <div class="entries">
        <div class="entry">
          {avatar && <Mark picture={avatar} />}
          <div class="what">
            <strong dir="auto">{name}</strong>
          </div>
          <button type="button" class="quiet" onClick={() => setChanging(true)}>
            {say('community.change')}
          </button>
        </div>
      </div>
      {changing && <Change onClose={() => setChanging(false)} />}
    </>
  )
}

function Change({ onClose }: { onClose: () => void }) {
  const { admin, community, state } = useStore()
  const { avatar } = community.value
  const save = async (fields: FormData) => {
    await admin.nameCommunity(String(fields.get('name') ?? '').trim())
    onClose()
  }
  return (
    <Sheet title={say('community.change')} onClose={onClose}>
      <PictureField
        hint={say('community.pictureHint')}
        has={avatar !== undefined}
        onChoose={admin.setCommunityPicture}
        onRemove={admin.removeCommunityPicture}
      >
        {avatar && <Mark picture={avatar} />}
      </PictureField>
      <Form keepAs="community" action={say('act.save')} onSubmit={save}>
        {(wrong) => (
          <Field
            name="name"
            label={say('community.name')}
            hint={say('community.nameHint')}
            value={state.value.community?.name ?? ''}
            wrong={wrong.name}
            maxlength={40}
            autocomplete="off"
          />
        )}
      </Form>
    </Sheet>
  )
}
