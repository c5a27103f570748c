/** One button of the start page: what the app asks the provider for, and as which client. */
export interface Way {
  readonly id: string
  readonly clientId: 'demo-app' | 'demo-partner'
  readonly label: string
  readonly explained: string
  /** Of the authorization request, beside those that every request has. */
  readonly parameters: Readonly<Record<string, string>>
}

/** The API of local mode that access tokens can be issued for. */
export const demoApi: { readonly identifier: string; readonly scopes: readonly string[] } = {
  identifier: 'https://api.postern.local',
  scopes: ['orders:read', 'orders:write'],
}

const scope = 'openid profile email groups offline_access'

export const ways: readonly Way[] = [
  {
    id: 'app',
    clientId: 'demo-app',
    label: 'Sign in',
    explained: 'An app of ours: nobody is asked for consent.',
    parameters: { scope },
  },
  {
    id: 'partner',
    clientId: 'demo-partner',
    label: 'Sign in to a partner’s app',
    explained: 'An app of somebody else: the person is asked what it may know.',
    parameters: { scope, prompt: 'consent' },
  },
  {
    id: 'api',
    clientId: 'demo-app',
    label: 'Sign in for an API',
    explained: `The access token is a JWT for ${demoApi.identifier}.`,
    parameters: {
      scope: `${scope} ${demoApi.scopes.join(' ')}`,
      resource: demoApi.identifier,
    },
  },
  {
    id: 'again',
    clientId: 'demo-app',
    label: 'Ask for the password again',
    explained: 'prompt=login: even if the browser is signed in.',
    parameters: { scope, prompt: 'login' },
  },
  {
    id: 'silent',
    clientId: 'demo-app',
    label: 'Is anybody signed in?',
    explained: 'prompt=none: no page is shown; without a session the answer is login_required.',
    parameters: { scope, prompt: 'none' },
  },
]
