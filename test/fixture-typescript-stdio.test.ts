import { describeServer } from './fixture-server-cases.ts'

describeServer('typescript', 'stdio')
