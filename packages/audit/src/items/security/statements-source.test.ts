import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import { evidenceOf } from '../../testing/stand-in.ts'
import sqlInjection from './sql-injection.ts'

const judge = (files: Files) => judgeFiles(sqlInjection, files)
const takes = '{ name: z.string() }'
const before = `import pg from 'pg'
import knex from 'knex'
import mysql from 'mysql2/promise'
import neo4j from 'neo4j-driver'
import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data'
import { BigQuery } from '@google-cloud/bigquery'
import { PrismaClient } from '@prisma/client'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
const pool = new pg.Pool()
const builder = knex({ client: 'pg' })
const orm = drizzle('x')
const prisma = new PrismaClient()
const data = new RDSDataClient({})
const graph = neo4j.driver('bolt://localhost').session()
const many = mysql.createPool({ multipleStatements: true })
const single = mysql.createPool({})`
const beginning = (of: string) =>
  `if (!/^select\\b/i.test(args.name)) throw new Error('only SELECT')\nreturn ${of}.query(args.name)`

describe('statements in TypeScript', () => {
  it.each([
    ['a part of a builder', 'return builder("notes").whereRaw(`title = \'${args.name}\'`)'],
    ['a raw text', 'return orm.execute(sql.raw(`select * from ${args.name}`))'],
    ['what is called unsafe', "return prisma.$queryRawUnsafe(`SELECT * FROM notes WHERE title = '${args.name}'`)"],
    ['a record', "return new BigQuery().query({ query: `SELECT * FROM d.t WHERE name = '${args.name}'` })"],
    [
      'a statement of the Data API',
      "return data.send(new ExecuteStatementCommand({ sql: `SELECT * FROM notes WHERE title = '${args.name}'` }))",
    ],
    ['a label', 'return graph.run(`MATCH (n:${args.name}) RETURN n`)'],
  ])('fail: %s', async (_, body) => {
    const result = await judge(typescriptHandler({ before, takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail', proof: 'repository' })
  })

  it.each([
    ['values of a builder', 'return builder("notes").whereRaw("title = ?", [args.name])'],
    ['a template of its own', 'return orm.execute(sql`select * from notes where title = ${args.name}`)'],
    [
      'parameters of the Data API',
      'return data.send(new ExecuteStatementCommand({ sql: "SELECT 1 WHERE a = :a", parameters: [{ name: "a", value: { stringValue: args.name } }] }))',
    ],
    ['parameters', 'return graph.run("MATCH (n {name: $name}) RETURN n", { name: args.name })'],
  ])('pass: %s', async (_, body) => {
    const result = await judge(typescriptHandler({ before, takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('fail: a statement for a client that is handed over', async () => {
    const files = {
      'src/ask.ts': 'export const ask = (client: any, name: string) => client.query(`SELECT * FROM ${name}`)',
    }
    const imported = `${before}\nimport { ask } from './ask.js'`
    const handed = typescriptHandler({
      before: imported,
      takes,
      body: 'return ask(JSON.parse("{}"), args.name)',
      files,
    })
    expect(await judge(handed)).toMatchObject({ status: 'fail' })
  })

  it('fail: a second statement behind one that only reads, where there may be several', async () => {
    for (const of of ['pool', 'many'])
      expect(evidenceOf(await judge(typescriptHandler({ before, takes, body: beginning(of) })))).toContain(
        'a second statement',
      )
    expect(await judge(typescriptHandler({ before, takes, body: beginning('single') }))).toMatchObject({
      status: 'unknown',
    })
  })
})

describe('statements in Python', () => {
  const imports = `import clickhouse_connect
import asyncio
import boto3
import duckdb
import sqlite3
from neo4j import GraphDatabase
driver = GraphDatabase.driver("bolt://localhost")`

  it.each([
    ['a label', 'return str(driver.execute_query(f"MATCH (n:{name}) RETURN n"))'],
    [
      'a session',
      'with driver.session() as session:\n    return str(session.run("MATCH (n) WHERE n.name = \'" + name + "\' RETURN n"))',
    ],
    ['a relation', 'return str(duckdb.sql(f"SELECT * FROM \'{name}\'"))'],
    [
      'options of the Data API',
      'client = boto3.client("rds-data")\nparams = {"sql": f"SELECT * FROM {name}"}\nreturn str(asyncio.to_thread(client.execute_statement, **params))',
    ],
    ['a command', 'return str(clickhouse_connect.get_client().command(f"SHOW TABLES FROM {name}"))'],
    [
      'a second statement',
      'if not name.lower().startswith("select"):\n    raise ValueError("only SELECT")\nsqlite3.connect("x.db").executescript(name)\nreturn "ok"',
    ],
  ])('fail: %s', async (_, body) => {
    const result = await judge(pythonHandler({ before: imports, takes: 'name: str', body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['parameters', 'return str(driver.execute_query("MATCH (n {name: $name}) RETURN n", name=name))'],
    [
      'parameters of the Data API',
      'boto3.client("rds-data").execute_statement(sql="SELECT :a", parameters=[{"name": "a", "value": {"stringValue": name}}])\nreturn "ok"',
    ],
    [
      'whole questions',
      'driver.execute_query(f"EXPLAIN {name}")\nreturn str(driver.execute_query(name, routing_="r"))',
    ],
    [
      'a name that was looked at',
      'if not name.isidentifier():\n    raise ValueError("no")\nreturn str(driver.execute_query(f"MATCH (n:{name}) RETURN n"))',
    ],
  ])('pass: %s', async (_, body) => {
    const result = await judge(pythonHandler({ before: imports, takes: 'name: str', body }))
    expect(result.status, JSON.stringify(result.verdicts)).not.toBe('fail')
  })
})
