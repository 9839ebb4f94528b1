import { describeServer } from './fixture-server-cases.ts'

describeServer('python', 'stdio')
