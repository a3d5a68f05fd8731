import type { DuckConnection } from '../duck/duck-connection.ts';
import type { Duck } from '../duck/open-duck.ts';
import type { EngineOptions } from '../engine.ts';
import { createInvalidQuery } from '../failure.ts';
import type { RoutineResource } from '../resource.ts';

export class JavaScriptFunctions {
  constructor(_duck: Duck, _options: NonNullable<EngineOptions['javascript']>) {}
  register(_routine: RoutineResource): string {
    throw createInvalidQuery('JavaScript functions are not there yet');
  }
  settle<Value>(_connection: DuckConnection, work: () => Promise<Value>): Promise<Value> {
    return work();
  }
  async close(): Promise<void> {}
}
