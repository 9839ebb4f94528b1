import { fieldOf } from '../../code/values.ts'
import type { Datum } from '../data.ts'
import { arrivals, at, following, nameOf, perhapsFollowing, type Rule } from './arrival.ts'
import { beyond } from './redirects.ts'

/** The address that a host stands for. */
const asAddress = (host: Datum): Datum => (host.is === 'text' ? { ...host, text: `https://${host.text}/` } : host)

export const requests: Rule = {
  kind: 'url',
  path: /^global:(globalThis\.)?fetch$|^(node-fetch|cross-fetch|undici|got|ky|axios|superagent|needle|@adobe\/fetch|ofetch|wretch):(default|fetch|request|stream|ofetch|\$fetch)?(\(\))?(\.?(get|post|put|patch|delete|head|request|stream|create\(\)(\.\w+)?|extend\(\)(\.\w+)?))?$|^axios:create\(\)(\.(get|post|put|patch|delete|head|request))?$|^https?:(get|request)$|^(requests|httpx)\.(get|post|put|patch|delete|head|options|request|stream)$|^(requests\.Session|httpx\.(Async)?Client|aiohttp\.ClientSession)\(\)\.(get|post|put|patch|delete|head|options|request|stream|send)$|^urllib\.request\.(urlopen|urlretrieve|Request)$|^markitdown\.MarkItDown\(\)\.convert(_uri|_url)?$|^urllib3\.PoolManager\(\)\.request$|^(feedparser\.parse|trafilatura\.fetch_url|newspaper\.Article|pandas\.read_html|aiohttp\.request|websockets\.(\w+\.)*connect|websocket\.create_connection)$|^(curl_cffi\.requests|cloudscraper\.create_scraper\(\))\.(get|post|put|patch|delete|head|request)$|^ws:(default|WebSocket)?$|^global:(WebSocket|EventSource)$|^eventsource:(default|EventSource)?$/,
  method: /^goto$/,
  look: (call, frame, machine, path) => {
    const isSecond =
      /\.(request|stream)$/.test(path) && /^(requests|httpx|aiohttp|urllib3|curl_cffi|cloudscraper)/.test(path)
    const value = fieldOf(call.named, 'url') ?? call.arguments[isSecond ? 1 : 0]
    const { follows, guard } = beyond(call, path, frame.module, machine.resolver)
    const program = follows ? following : follows === null ? perhapsFollowing : null
    const guarded = guard === null ? {} : { guard: `what "${guard}" of its client refuses` }
    return arrivals('url', value, frame, machine).flatMap(each => {
      const arrival = { ...each, program, ...guarded }
      const [datum] = arrival.data
      if (datum?.is !== 'record') return [arrival]
      const hosts = ['hostname', 'host'].flatMap(name => machine.member(datum, name)).map(asAddress)
      return [...machine.member(datum, 'url'), ...hosts]
        .filter(({ is }) => is !== 'constant')
        .map(each => ({ ...arrival, data: [each] }))
    })
  },
}

const bases =
  /^(base_?ur[li]|prefix_?url|endpoint(_?url)?|api_?(base|url|root|endpoint)|(server|instance|host|root|site)_?url)$/i
const making = /^(create\w*|extend|defaults|init\w*|connect|client|resource|[A-Z]\w*)$/

/** `axios.create({ baseURL })`, `AsyncClient(base_url=…)`: whom a client of a library asks from then on. */
export const clients: Rule = {
  path: /^(?!global:|builtins\.|zod\b|url:|pydantic\b)/,
  isCandidate: ({ callee, arguments: given, named, constructs }) =>
    (constructs || making.test(nameOf(callee))) &&
    [...named, ...given.flatMap(one => (one.is === 'record' ? one.fields : []))].some(([key]) => bases.test(key)),
  look: (call, frame, machine) =>
    [...call.named, ...call.arguments.flatMap(one => (one.is === 'record' ? one.fields : []))]
      .filter(([key]) => bases.test(key))
      .flatMap(([, value]) => arrivals('url', value, frame, machine))
      .filter(({ data: [datum] }) => datum?.is !== 'constant'),
}

/** Clients of one product, which is where their first argument says. */
export const products: Rule = {
  kind: 'url',
  path: /^(atlassian\.\w+|jira\.(client\.)?JIRA|gitlab\.Gitlab|elasticsearch\.(Async)?Elasticsearch|opensearchpy\.(Async)?OpenSearch|xmlrpc\.client\.ServerProxy|pysolr\.Solr|hvac\.Client|zeep\.Client|redminelib\.Redmine)$/,
  look: (call, frame, machine) =>
    ['url', 'server', 'hosts']
      .flatMap((name, index) => at(call, index === 0 ? 0 : Number.NaN, name) ?? [])
      .slice(0, 1)
      .flatMap(value => arrivals('url', value, frame, machine))
      .filter(({ data: [datum] }) => datum?.is !== 'constant' && datum?.is !== 'list'),
}
