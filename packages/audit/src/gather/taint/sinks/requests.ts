import { fieldOf } from '../../code/values.ts'
import { arrivals, type Rule } from './arrival.ts'

export const requests: Rule = {
  kind: 'url',
  path: /^global:(globalThis\.)?fetch$|^(node-fetch|cross-fetch|undici|got|ky|axios|superagent|needle|@adobe\/fetch|ofetch|wretch):(default|fetch|request|stream|ofetch|\$fetch)?(\(\))?(\.?(get|post|put|patch|delete|head|request|stream|create\(\)\.\w+|extend\(\)\.\w+))?$|^axios:create\(\)(\.(get|post|put|patch|delete|head|request))?$|^https?:(get|request)$|^(requests|httpx)\.(get|post|put|patch|delete|head|options|request|stream)$|^(requests\.Session|httpx\.(Async)?Client|aiohttp\.ClientSession)\(\)\.(get|post|put|patch|delete|head|options|request|stream|send)$|^urllib\.request\.(urlopen|urlretrieve|Request)$|^markitdown\.MarkItDown\(\)\.convert(_uri|_url)?$|^urllib3\.PoolManager\(\)\.request$/,
  method: /^goto$/,
  look: (call, frame, machine, path) => {
    const isSecond = /\.(request|stream)$/.test(path) && /^(requests|httpx|aiohttp|urllib3)/.test(path)
    const value = fieldOf(call.named, 'url') ?? call.arguments[isSecond ? 1 : 0]
    return arrivals('url', value, frame, machine).flatMap(arrival => {
      const [datum] = arrival.data
      if (datum?.is !== 'record') return [arrival]
      return machine.member(datum, 'url').map(each => ({ ...arrival, data: [each] }))
    })
  },
}
