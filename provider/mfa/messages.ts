import type { FactorMethod, FactorRefusal } from './factor.ts'
import type { FactorRefused, GuessingNotice } from './second-factors.ts'

/** PURE. What a person reads when an answer did not count, and what they can do now. */
export function factorMessage(refusal: FactorRefused, method: FactorMethod): string {
  const { refused, wait, passwordAgain } = refusal
  const text = (texts[method][refused] ?? general[refused]).trim()
  const parts = [text]
  if (passwordAgain) parts.push('Because of many wrong tries, enter your password again first.')
  if (wait !== undefined) parts.push(`You can try again in ${duration(wait)}.`)
  return parts.join(' ')
}

/** PURE. What a person is told at the next sign-in after ten wrong tries. */
export function noticeMessage({ method }: GuessingNotice): string {
  return (
    `Somebody entered ten wrong answers in a row for your ${nouns[method]}. If that was not you, ` +
    'somebody may know your password: change it, and tell your help desk.'
  )
}

/** PURE. Seconds, for people. */
export function duration(seconds: number): string {
  if (seconds < 60) return count(seconds, 'second')
  return seconds < 3600 ? count(Math.ceil(seconds / 60), 'minute') : count(1, 'hour')
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`
}

const nouns: Readonly<Record<FactorMethod, string>> = {
  passkey: 'passkey',
  totp: 'authenticator app',
  temporaryAccessPass: 'temporary access pass',
  recoveryCode: 'recovery codes',
}

/** Unless a method has other words. */
const general: Readonly<Record<FactorRefusal, string>> = {
  wrong: 'That is not right. Check it and try again.',
  used: 'That has been used already and is good only once. Start this step again.',
  clockOff: 'The clock of your device is off. Set its time automatically, then try again.',
  expired: 'This page was open for too long, or was used already. Start this step again.',
  wrongOrigin:
    'Your browser answered for another site. Close the page, open the app again by an address that you know, and sign in there.',
  cloned:
    'This key may have been copied, so it was not accepted. Use another way to sign in, and tell your help desk.',
  notVerified:
    'Your device did not ask for a finger, a face or a PIN. Set one up on it, or use another one.',
  notAllowed:
    'This cannot be used here. Use another way, or ask your help desk which ones your organization allows.',
  alreadyThere: 'You have added this already. Use it to sign in, or add another one.',
  tooMany: 'You have as many as you can have. Remove one that you do not use, then add this one.',
  tooManyTries: 'There were too many wrong tries, so this one was not looked at.',
  malformed: 'That could not be read. Check it and try again.',
}

const typedCode =
  'That is not a whole code: it has 12 letters and digits. Check it and enter all of it.'

const texts: Readonly<Record<FactorMethod, Partial<Record<FactorRefusal, string>>>> = {
  totp: {
    wrong: 'That code is not right. Enter the 6 digits that your app shows now.',
    used: 'That code has been used already. Wait until your app shows the next one, then enter it.',
    clockOff:
      'That code was right some minutes ago, or will be: the clock of your device is off. Set its time automatically, then enter the code that your app shows.',
    tooMany: 'You have five authenticator apps already. Remove one that you do not use first.',
    malformed: 'Enter the 6 digits that your app shows.',
  },
  recoveryCode: {
    wrong:
      'That is none of your recovery codes, or it has been used. Enter one of your newest list that you have not crossed out.',
    used: 'That recovery code has been used already. Enter another one of your list.',
    malformed: typedCode,
  },
  temporaryAccessPass: {
    wrong: 'That pass is not right. Check it against what your help desk gave you.',
    used: 'That pass was good once and has been used. Ask your help desk for a new one.',
    expired:
      'That pass, or this page, is too old. Start again, or ask your help desk for a new pass.',
    malformed: typedCode,
  },
  passkey: {
    wrong: 'That passkey is not one of yours here. Choose another one and try again.',
    alreadyThere: 'This device has a passkey of yours already. Use it, or add another device.',
    malformed: 'Your browser did not send a passkey. Try again, or use another way to sign in.',
  },
}
