const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A text without every way in which it may quote this payload back. */
export const withoutPayload = (text: string, payload: string): string => {
  const html = payload.replaceAll(/[&<>"']/g, character => escapes[character] ?? character)
  const inJson = JSON.stringify(payload).slice(1, -1)
  const forms = [
    JSON.stringify(inJson).slice(1, -1),
    inJson,
    inJson.replaceAll("'", String.raw`\'`),
    payload,
    payload.trim(),
    html,
    html.replaceAll('&#39;', '&#x27;'),
    encodeURIComponent(payload),
    encodeURIComponent(payload).replaceAll('%20', '+'),
  ]
  return forms.reduce((rest, form) => (form === '' ? rest : rest.replaceAll(form, '')), text)
}
