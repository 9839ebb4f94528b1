import { describe, expect, it } from 'vitest'
import { isBlocking } from '../../gather/concurrency/blocking.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import asyncIo from './async-io.ts'

const tool = (work: string, before: string): Files => ({
  'pkg/server.py': `import asyncio
from mcp.server.fastmcp import FastMCP
server = FastMCP("a")
${before}
@server.tool()
async def read(name: str) -> str:
    """Reads."""
    ${work}
`,
})
const kept = (imports: string, made: string, property = ''): string => `${imports}
class Store:
    def __init__(self):
        self._client = ${made}
    ${property}
    def client(self):
        return self._client
store = Store()`

describe('async-io of clients of other machines', () => {
  const rpc = 'import xmlrpc.client'
  const proxy = 'xmlrpc.client.ServerProxy("http://a")'
  const search = 'from opensearchpy import OpenSearch'
  it.each<[string, Files, string]>([
    ['a proxy', tool('return proxy.object.execute_kw(name)', `${rpc}\nproxy = ${proxy}`), 'fail'],
    ['in a field', tool('return store._client.execute(name)', kept(rpc, proxy)), 'fail'],
    ['by a property', tool('return store.client.execute(name)', kept(rpc, proxy, '@property')), 'fail'],
    ['by a method', tool('return store.client().execute(name)', kept(rpc, proxy)), 'fail'],
    ['of a search', tool('return store._client.cat.indices(name)', kept(search, 'OpenSearch(hosts=[])')), 'fail'],
    [
      'in a thread',
      tool('return await asyncio.to_thread(store.client.execute, name)', kept(rpc, proxy, '@property')),
      'pass',
    ],
    ['only made', tool('return str(store.client)', kept(rpc, proxy, '@property')), 'pass'],
    [
      'that is awaited',
      tool(
        'return await store.client.cat.indices(name)',
        kept('from opensearchpy import AsyncOpenSearch', 'AsyncOpenSearch()', '@property'),
      ),
      'pass',
    ],
  ])('%s', async (_, files, wanted) => expect((await judgeFiles(asyncIo, files)).status).toBe(wanted))

  it('knows what waits, and what is only prepared', () => {
    const waiting = [
      'boto3.client().list_buckets',
      'boto3.Session().client().get_object',
      'boto3.resource().Table().put_item',
      'boto3.client().get_waiter().wait',
      'redis.Redis.from_url().get',
      'psycopg.connect().cursor().execute',
      'pymongo.MongoClient().db.notes.update_many',
      'sqlalchemy.create_engine().connect().execute',
      'ldap3.Connection().search',
      'imaplib.IMAP4_SSL().fetch',
      'elasticsearch.Elasticsearch().search',
      'opensearchpy.OpenSearch().indices.get',
      'googleapiclient.discovery.build().files().list().execute',
    ]
    const prepared = [
      'boto3.client',
      'boto3.client().get_paginator',
      'boto3.client().generate_presigned_url',
      'boto3.resource().Table',
      'redis.Redis().pipeline',
      'redis.asyncio.Redis().get',
      'psycopg.AsyncConnection.connect',
      'elasticsearch.AsyncElasticsearch().search',
      'opensearchpy.OpenSearch().close',
      'sqlalchemy.ext.asyncio.create_async_engine().connect',
      'googleapiclient.discovery.build().files().list',
      'xmlrpc.client.ServerProxy',
    ]
    expect(waiting.filter(path => !isBlocking(path))).toEqual([])
    expect(prepared.filter(isBlocking)).toEqual([])
  })
})
