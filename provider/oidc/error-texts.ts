import { errors } from 'oidc-provider'
import { Fault } from '../../shared/fault.ts'

/** What a person reads about an error that cannot be sent back to the app. */
export interface ErrorText {
  readonly title: string
  readonly text: string
}

/** PURE. Says what happened and what can be done; never what only the log may know. */
export function errorText(error: unknown): ErrorText {
  if (error instanceof Fault) return { title: ourSide.title, text: error.publicText }
  if (error instanceof errors.SessionNotFound) return ended
  if (!(error instanceof errors.OIDCProviderError) || !error.expose) return ourSide
  return byCode[error.error] ?? { title: askedWrongly, text: appsFault }
}

const askedWrongly = 'The app asked for something wrong'
const tellThem = 'Please tell the people who run the app.'
const appsFault = `The app that sent you here asked in a way that cannot be followed. Go back to it and try again. If it happens again: ${tellThem}`

const ended: ErrorText = {
  title: 'This sign-in has ended',
  text: new Fault('signInExpired', '').publicText,
}

const ourSide: ErrorText = {
  title: 'Something went wrong',
  text: new Fault('internal', '').publicText,
}

const byCode: Readonly<Record<string, ErrorText>> = {
  invalid_client: {
    title: 'This app is not known here',
    text: `The app that sent you here is not registered with us, so it cannot sign you in. ${tellThem}`,
  },
  invalid_redirect_uri: {
    title: 'The way back is not known here',
    text: `The app that sent you here named an address to return to that is not registered for it. You could end up in the wrong place, so we stop here. ${tellThem}`,
  },
  invalid_request_uri: {
    title: 'This sign-in has ended',
    text: 'The sign-in that the app had prepared took too long or was used before. Go back to the app and start again.',
  },
  access_denied: {
    title: 'Not signed in',
    text: 'The sign-in was turned down. You can close this window.',
  },
}
