import { encodeQR } from 'qr'
import { type Html, html } from '../../http/html.ts'

/**
 * PURE. A text as a QR code (ISO/IEC 18004), drawn into the page itself: what is in it is a secret,
 * and a picture of its own would have an address. Dark on light by night, too, or many cameras
 * would not know it.
 */
export function qrCode(text: string, label: string): Html {
  const rows = encodeQR(text, 'raw', { border: 4 })
  const size = rows.length
  const path = rows.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  )
  return html`<svg class="qr" role="img" aria-label="${label}" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">
<path fill="#fff" d="M0 0h${size}v${size}h-${size}z"/><path fill="#000" d="${path.join('')}"/>
</svg>`
}
