import DOMPurify, { type Config } from 'dompurify'
import { Parser, Renderer, type Token, type Tokens } from 'marked'
import { escapeHtml, highlight } from './highlight.ts'

/** HTML in an answer that is taken for formatting. All other is shown as it is written: it may be what is talked about. */
const formatting = /^<\/?(?:b|br|del|em|i|ins|kbd|mark|s|strong|sub|sup)\s*\/?>$/i

/**
 * No images, forms or styles: a model's answer must not load anything from elsewhere (which could carry the
 * conversation away in a URL) nor imitate the app.
 */
const allowed: Config = {
  ALLOWED_TAGS: [
    ...['a', 'b', 'blockquote', 'br', 'code', 'del', 'div', 'em', 'h1', 'h2', 'h3', 'h4'],
    ...['h5', 'h6', 'hr', 'i', 'ins', 'kbd', 'li', 'mark', 'ol', 'p', 'pre', 's', 'span', 'strong', 'sub'],
    ...['sup', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul'],
  ],
  ALLOWED_ATTR: ['align', 'class', 'href', 'rel', 'start', 'target', 'title'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
}

DOMPurify.addHook('afterSanitizeAttributes', (node) => {
  // Classes could dress text up as a part of the app; only those made here are kept.
  if (node.hasAttribute('class') && !/^(?:hljs-[\w\- ]+|table|task)$/.test(node.getAttribute('class') ?? '')) {
    node.removeAttribute('class')
  }
  if (node.tagName === 'A') {
    node.setAttribute('target', '_blank')
    node.setAttribute('rel', 'noopener noreferrer')
  }
})

class SafeRenderer extends Renderer {
  override code({ text, lang }: Tokens.Code): string {
    return `<pre><code>${highlight(text, languageOf(lang))}</code></pre>\n`
  }

  override html({ text, type, block }: Tokens.HTML | Tokens.Tag): string {
    if (formatting.test(text.trim())) return text
    return type === 'html' && block ? `<p>${escapeHtml(text)}</p>` : escapeHtml(text)
  }

  override image({ href, text }: Tokens.Image): string {
    return `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a>`
  }

  override checkbox({ checked }: Tokens.Checkbox): string {
    return `<span class="task">${checked ? '☑' : '☐'}</span> `
  }

  override table(token: Tokens.Table): string {
    // Wide tables scroll by themselves, not the page.
    return `<div class="table">${super.table(token)}</div>`
  }
}

const parser = new Parser({ renderer: new SafeRenderer() })

/** Safe HTML of one block. */
export function renderBlock(token: Token): string {
  return DOMPurify.sanitize(parser.parse([token]), allowed)
}

/** Safe HTML of a piece of code. */
export function renderCode(code: string, language: string): string {
  return DOMPurify.sanitize(highlight(code, language), { ALLOWED_TAGS: ['span'], ALLOWED_ATTR: ['class'] })
}

/** The language of a fence: its first word. */
export function languageOf(info: string | undefined): string {
  return /^[\w+#.-]*/.exec(info ?? '')?.[0].toLowerCase() ?? ''
}
