import type { Page } from 'playwright-core'

/** Chromium's own authenticator in software (WebAuthn Level 3, section 11), of one page. */
export interface VirtualAuthenticator {
  readonly credentials: () => Promise<readonly VirtualCredential[]>
  /** Whether a finger, say, is the right one from now on. */
  readonly setVerified: (isVerified: boolean) => Promise<void>
  /** Sets a passkey's counter back, or ahead. */
  readonly setCounter: (credentialId: string, counter: number) => Promise<void>
  /** Puts in a passkey of another one, as a copy. */
  readonly add: (credential: VirtualCredential) => Promise<void>
  readonly remove: () => Promise<void>
}

export interface VirtualCredential {
  /** Base64, not base64url. */
  readonly credentialId: string
  readonly rpId?: string
  readonly userHandle?: string
  readonly userName?: string
  readonly isResidentCredential: boolean
  readonly privateKey: string
  readonly signCount: number
}

export interface AuthenticatorKind {
  /** A key to plug in, or one that is a part of the device. */
  readonly transport?: 'usb' | 'internal'
  /** Keeps passkeys itself, so that nobody need type a name. */
  readonly hasResidentKey?: boolean
  /** Can ask for a finger or a PIN. */
  readonly hasUserVerification?: boolean
  /** Does as if the person touched it at once. */
  readonly touches?: boolean
  /** Its passkeys are copied to other devices. */
  readonly synced?: boolean
}

export async function addVirtualAuthenticator(
  page: Page,
  kind: AuthenticatorKind = {},
): Promise<VirtualAuthenticator> {
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('WebAuthn.enable')
  const { hasUserVerification = true, synced = false } = kind
  const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: kind.transport ?? 'internal',
      hasResidentKey: kind.hasResidentKey ?? true,
      hasUserVerification,
      isUserVerified: hasUserVerification,
      automaticPresenceSimulation: kind.touches ?? true,
      defaultBackupEligibility: synced,
      defaultBackupState: synced,
    },
  })
  const credentials = async (): Promise<readonly VirtualCredential[]> =>
    (await devTools.send('WebAuthn.getCredentials', { authenticatorId })).credentials
  return {
    credentials,
    setVerified: async (isUserVerified) =>
      void (await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })),
    setCounter: async (credentialId, signCount) => {
      const found = (await credentials()).find((one) => one.credentialId === credentialId)
      if (found === undefined) throw new Error('no such passkey')
      await devTools.send('WebAuthn.removeCredential', { authenticatorId, credentialId })
      const credential = { ...found, signCount }
      await devTools.send('WebAuthn.addCredential', { authenticatorId, credential })
    },
    add: async (credential) =>
      void (await devTools.send('WebAuthn.addCredential', { authenticatorId, credential })),
    remove: async () =>
      void (await devTools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })),
  }
}
