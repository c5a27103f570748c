/**
 * PURE. What to tell the person when the browser gives no passkey (WebAuthn Level 3, sections
 * 5.1.3.1 and 5.1.4.3). On purpose it does not say whether somebody pressed "cancel", had no
 * passkey or was too slow: a page could learn from that which passkeys there are.
 */
export function wordsForFailure(
  failure: unknown,
  { isNew, isTooLate }: { readonly isNew: boolean; readonly isTooLate: boolean },
): string {
  if (isTooLate) return 'That took too long. Load this page again and have another try.'
  const name = failure instanceof Error || failure instanceof DOMException ? failure.name : ''
  const said = words[name]
  if (said !== undefined) return said
  return isNew
    ? 'No passkey was made. Try again, or choose another way.'
    : 'Your browser gave no passkey. Try again, or use another way.'
}

const words: Readonly<Record<string, string>> = {
  NotAllowedError:
    'That was cancelled, or there is no passkey here. Try again, or use another way.',
  InvalidStateError: 'This device or key has a passkey of yours already. Use another one.',
  ConstraintError:
    'This device or key cannot ask for a finger, a face or a PIN. Set that up on it, or use another way.',
  NotSupportedError: 'This device or key cannot make passkeys for this site. Use another way.',
  SecurityError: 'Passkeys cannot be used at this address. Use another way.',
}
