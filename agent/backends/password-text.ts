/**
 * Whether a text can be a password. Many directories let anybody in who sends none (RFC 4513
 * section 5.1.2), and some read one up to its first NUL.
 */
export function canBePassword(text: string): boolean {
  return text !== '' && !text.includes('\0')
}
