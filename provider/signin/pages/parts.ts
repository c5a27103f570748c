import { type Html, html } from '../../http/html.ts'
import type { Interaction, InteractionClient } from '../../oidc/interaction.ts'
import type { PageForm } from '../../oidc/pages.ts'
import type { Message } from '../messages.ts'

/** The id that a field names in `aria-describedby`, so that its problem is read out with it. */
const problemId = 'problem'

/** What went wrong, at the top of the page, before any field. */
export function problemBox(message: Omit<Message, 'isInvalid'>): Html {
  return html`<div class="problem" id="${problemId}" role="alert">
<p>${message.text}</p>
${message.reference !== undefined && referenceLine(message.reference)}
</div>`
}

export function referenceLine(reference: string): Html {
  return html`<p class="reference">Reference <strong>${reference}</strong></p>`
}

/** Attributes of a field that has a problem, or has none. */
export function describedBy(message: Pick<Message, 'isInvalid'> | undefined): Html | undefined {
  if (message === undefined) return undefined
  return html` aria-describedby="${problemId}"${message.isInvalid && html` aria-invalid="true"`}`
}

/** Where the person is about to sign in to. */
export function appName(client: Pick<InteractionClient, 'name'>): Html {
  return html`<strong class="app"><bdi>${client.name}</bdi></strong>`
}

/** Whose password is asked for, and a way back if it is somebody else's. */
export function whoForm(action: string, username: string): Html {
  return html`<form class="who" method="post" action="${action}/back">
<p><span class="visually-hidden">User name: </span><bdi>${username}</bdi></p>
<button class="quiet">Not you?</button>
</form>`
}

/** The same of somebody who has signed in already. */
export function who(username: string): Html {
  return html`<div class="who">
<p><span class="visually-hidden">User name: </span><bdi>${username}</bdi></p>
</div>`
}

/** Why a policy asks for more, in its own words. */
export function demandReasons({ demand }: Pick<Interaction, 'demand'>): readonly Html[] {
  return (demand?.reasons ?? []).map((reason) => html`<p>${reason}</p>`)
}

/** Leaves without having signed in; the app is told. */
export function cancelForm(action: string, client: InteractionClient): Html {
  return html`<form class="leave" method="post" action="${action}/cancel">
<button class="quiet">Cancel and return to <bdi>${client.name}</bdi></button>
</form>`
}

export function hiddenFields({ fields }: PageForm): readonly Html[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
}
