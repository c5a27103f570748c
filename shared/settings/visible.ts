/**
 * Text out of a file that somebody else may have written, for one line of a terminal or a log:
 * with what would move the cursor, colour, break or reverse the line written as JSON escapes it.
 */
export function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
