import { fieldOf, type Call, type Value } from '../../code/values.ts'
import type { Frame } from '../data.ts'
import type { Machine } from '../machine.ts'
import { arrivals, nameOf, type Arrival, type Rule } from './arrival.ts'

/** Where a call says which file it is about. */
interface Position {
  path: RegExp
  /** Methods that only such objects have. */
  method?: RegExp
  /** Arguments by their place and by their names. */
  places?: number[]
  names?: string[]
  /** Fields of a record among the arguments. */
  fields?: string[]
}

const positions: Position[] = [
  {
    path: /^(docx\.(api\.)?Document|openpyxl\.(workbook\.)?(Workbook|load_workbook)|openpyxl\.reader\.excel\.load_workbook|pptx\.Presentation|PIL\.Image\.\w+|fitz\.open|pymupdf\.open)\(\)(\.\w+\(\))*\.save$|^matplotlib\.pyplot\.savefig$|^numpy\.(save|savez|savez_compressed|savetxt)$/,
    method: /^(savefig|to_csv|to_excel|to_parquet|to_pickle|to_feather|to_hdf)$/,
    places: [0],
    names: ['fname', 'filename', 'path_or_buf', 'path', 'excel_writer'],
  },
  {
    path: /^pandas\..*\.to_(csv|excel|json|parquet|pickle|feather|html|markdown|latex|xml)$/,
    places: [0],
    names: ['path_or_buf', 'path', 'excel_writer', 'buf'],
  },
  {
    path: /^(puppeteer|puppeteer-core|playwright|playwright-core|@playwright\/test):.*\.(screenshot|pdf)$/,
    method: /^(screenshot|pdf|storageState|storage_state)$/,
    names: ['path'],
    fields: ['path'],
  },
  { path: /^\b$/, method: /^(saveAs|save_as|toFile)$/, places: [0], names: ['path'] },
  {
    path: /^(better-sqlite3:(default)?|sqlite3:(default\.)?Database|node:sqlite:DatabaseSync|sqlite:DatabaseSync|duckdb:(default\.)?Database)$|^(sqlite3|aiosqlite|duckdb)\.connect$/,
    places: [0],
    names: ['database'],
  },
  { path: /^glob\.(i?glob)$/, places: [0], names: ['pathname', 'root_dir'] },
  {
    path: /^(glob|fast-glob|globby|tinyglobby):(default|glob|globSync|sync|async|globby|stream|iterate)?(\.(sync|glob|async|stream))?$/,
    fields: ['cwd'],
  },
  {
    path: /^(tarfile\.(open|TarFile)|zipfile\.ZipFile)\(\)\.(extractall|extract)$/,
    method: /^(extractall|extractAllTo)$/,
    names: ['path'],
  },
  { path: /^shutil\.(unpack_archive|make_archive|disk_usage)$/, places: [0, 1], names: ['filename', 'extract_dir'] },
  {
    path: /^(rimraf:(default|rimraf|sync)?|mkdirp:(default|mkdirp|sync)?|del:(default|deleteAsync)?|write-file-atomic:(default)?|jsonfile:(default\.)?(read|write)File(Sync)?)$/,
    places: [0],
  },
  { path: /^extract-zip:(default)?$/, places: [0], fields: ['dir'] },
  { path: /^xlsx:(default\.)?writeFile(XLSX)?$/, places: [1] },
  {
    path: /^(starlette|fastapi)\.responses\.FileResponse$|^flask\.send_file$|^aiohttp\.web\.FileResponse$/,
    places: [0],
    names: ['path', 'path_or_file'],
  },
  {
    path: /^(polars\.(read|scan)_(csv|parquet|json|excel|ipc)|geopandas\.read_file|pyarrow\.parquet\.(read_table|write_table)|h5py\.File|netCDF4\.Dataset|rasterio\.open|soundfile\.(read|write)|librosa\.load|imageio\.(v\d\.)?im(read|write)|joblib\.load|torch\.load|xarray\.open_dataset)$/,
    places: [0],
    names: ['source', 'filename', 'path'],
  },
]

/** An archive is unpacked into what its first argument says; other objects have such methods as well. */
const first = /^(extractall|extractAllTo)$/

const valuesIn = (call: Call, { places = [], names = [], fields = [] }: Position, frame: Frame, machine: Machine) => {
  const isUnpacking = first.test(nameOf(call.callee))
  const given = [...(isUnpacking ? [0] : []), ...places].flatMap(place => call.arguments[place] ?? [])
  const named = names.flatMap(name => fieldOf(call.named, name) ?? [])
  const values: Value[] = [...given, ...named]
  const found = values.flatMap(value => arrivals('file', value, frame, machine))
  const records = fields.length === 0 ? [] : call.arguments.flatMap(value => machine.values(value, frame))
  const inside = records.flatMap((record): Arrival[] =>
    record.is === 'record' || record.is === 'fields'
      ? fields.flatMap(field =>
          machine
            .member(record, field)
            .filter(({ is }) => is !== 'constant')
            .map((datum): Arrival => ({ kind: 'file', data: [datum], program: null })),
        )
      : [],
  )
  return [...found, ...inside].filter(
    ({ data: [datum] }) => datum?.is !== 'record' && !(datum?.is === 'text' && datum.text.startsWith(':memory:')),
  )
}

/** Files that libraries write, open or unpack by themselves. */
export const kept: Rule = {
  path: new RegExp(positions.map(({ path }) => `(?:${path.source})`).join('|')),
  method: new RegExp(positions.flatMap(({ method }) => (method ? [`(?:${method.source})`] : [])).join('|')),
  look: (call, frame, machine, path) => {
    const name = nameOf(call.callee)
    const position = positions.find(one => (path === '' ? one.method?.test(name) : one.path.test(path)))
    return position ? valuesIn(call, position, frame, machine) : []
  },
}
