import { fieldOf, type Call } from '../../code/values.ts'
import { holds, type Frame } from '../data.ts'
import type { Machine } from '../machine.ts'
import { arrivals, following, type Rule } from './arrival.ts'

const known = /^(method|headers|body|signal|credentials|mode|cache|referrer|keepalive|timeout|responseType|params)$/

/** It asks for what it is redirected to: the library does by itself, and nothing that it is given says otherwise. */
const isFollowing = (
  { arguments: [, options], named }: Call,
  path: string,
  frame: Frame,
  machine: Machine,
): boolean => {
  if (/^httpx\.(get|head|request|stream)$/.test(path)) {
    const told = fieldOf(named, 'follow_redirects')
    return told !== undefined && machine.values(told, frame).every(datum => holds(datum) === true)
  }
  if (/^requests\.(get|post|request)$/.test(path))
    return named.every(([key]) => /^(url|headers|params|timeout|data|json|stream|verify|cookies)$/.test(key))
  if (path === 'urllib.request.urlopen') return true
  if (
    !/^(global:(globalThis\.)?fetch|(node-fetch|cross-fetch|undici):(default|fetch)?|axios:(default\.)?get)$/.test(path)
  )
    return false
  return options === undefined || (options.is === 'record' && options.fields.every(([key]) => known.test(key)))
}

export const requests: Rule = {
  kind: 'url',
  path: /^global:(globalThis\.)?fetch$|^(node-fetch|cross-fetch|undici|got|ky|axios|superagent|needle|@adobe\/fetch|ofetch|wretch):(default|fetch|request|stream|ofetch|\$fetch)?(\(\))?(\.?(get|post|put|patch|delete|head|request|stream|create\(\)\.\w+|extend\(\)\.\w+))?$|^axios:create\(\)(\.(get|post|put|patch|delete|head|request))?$|^https?:(get|request)$|^(requests|httpx)\.(get|post|put|patch|delete|head|options|request|stream)$|^(requests\.Session|httpx\.(Async)?Client|aiohttp\.ClientSession)\(\)\.(get|post|put|patch|delete|head|options|request|stream|send)$|^urllib\.request\.(urlopen|urlretrieve|Request)$|^markitdown\.MarkItDown\(\)\.convert(_uri|_url)?$|^urllib3\.PoolManager\(\)\.request$/,
  method: /^goto$/,
  look: (call, frame, machine, path) => {
    const isSecond = /\.(request|stream)$/.test(path) && /^(requests|httpx|aiohttp|urllib3)/.test(path)
    const value = fieldOf(call.named, 'url') ?? call.arguments[isSecond ? 1 : 0]
    const program = isFollowing(call, path, frame, machine) ? following : null
    return arrivals('url', value, frame, machine).flatMap(arrival => {
      const [datum] = arrival.data
      if (datum?.is !== 'record') return [{ ...arrival, program }]
      return machine.member(datum, 'url').map(each => ({ ...arrival, data: [each] }))
    })
  },
}
