import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { REDACTED_VALUE } from '../format.ts';
import { story, storyColumns } from './evidence-story.ts';
import type { BundlePlan, PlannedExchange } from './plan-bundle.ts';
import {
  type Answer,
  chunksOf,
  columnsOf,
  declare,
  editAnswer,
  exchangeOf,
  redactBody,
  redactColumn,
  redactField,
  withoutColumn,
} from './redact-plan.ts';

/** What a dishonest exporter, who holds his own key but not the gateway's, may try. None may end as sound. */
export type PlanForgery = { readonly name: string; forge(plan: BundlePlan): void };

const tabular = [story.rows, story.people, story.secret, story.large];
const columnNumbers = Array.from({ length: storyColumns }, (_, index) => index);
const other = (column: number): number => (column + 1) % storyColumns;

export function planForgeries(): PlanForgery[] {
  return [...fieldForgeries(), ...bodyForgeries(), ...columnForgeries(), ...answerForgeries(), ...recordForgeries(), ...specialForgeries()];
}

/** Without the custody log's last step: nobody says what was taken out. */
function silently(redact: (plan: BundlePlan) => void): (plan: BundlePlan) => void {
  return (plan) => {
    redact(plan);
    plan.custody.pop();
  };
}

function fieldForgeries(): PlanForgery[] {
  return Object.entries(story).flatMap(([label, number]) =>
    ['sql', 'response', 'result-columns'].flatMap((name) => {
      if (name === 'result-columns' && [story.refused, story.unfinished].includes(number as 4)) return [];
      const silent = {
        name: `take out the ${name} of ${label} and say nothing`,
        forge: silently((plan) => redactField(plan, number, name)),
      };
      const replaced = { name: `replace the ${name} of ${label}`, forge: (plan: BundlePlan) => replaceField(plan, number, name) };
      return [silent, replaced];
    }),
  );
}

function replaceField(plan: BundlePlan, number: number, name: string): void {
  const leaf = plan.leaves.map((line) => JSON.parse(line)).find((each) => each.exchange === number && each.disclosed?.[name] !== undefined);
  const at = plan.disclosures.findIndex((line) => hash('sha256', line, 'hex') === leaf.disclosed[name]);
  plan.disclosures[at] = plan.disclosures[at]!.replace(/"(SELECT|content-type|rows)/, '"X$1');
}

function bodyForgeries(): PlanForgery[] {
  const kept = [...tabular, story.refused, story.sealed, story.unfinished].map((number) => [number, 'response'] as const);
  const bodies = [...kept, [story.contentFree, 'cells'], [story.sealed, 'upstream-response'], [story.rows, 'request']] as const;
  return bodies.flatMap(([number, side]) => [
    { name: `take out the ${side} of ${number} and say nothing`, forge: silently((plan) => redactBody(plan, number, side)) },
    { name: `take out the ${side} of ${number}, and keep its salts`, forge: (plan) => keepSalts(plan, number, side) },
    { name: `change a byte of the ${side} of ${number}`, forge: (plan) => changeBody(plan, number, side, flipped) },
    { name: `cut the ${side} of ${number}`, forge: (plan) => changeBody(plan, number, side, (bytes) => bytes.subarray(0, -16)) },
    {
      name: `lengthen the ${side} of ${number}`,
      forge: (plan) => changeBody(plan, number, side, (bytes) => Buffer.concat([bytes, bytes])),
    },
    {
      name: `change the ${side} of ${number} and declare it as taken out`,
      forge: (plan) => {
        changeBody(plan, number, side, flipped);
        declare(plan, chunksOf(exchangeOf(plan, number), side));
      },
    },
  ]);
}

const flipped = (bytes: Buffer): Buffer => {
  const changed = Buffer.from(bytes);
  changed[changed.length >> 1]! ^= 1;
  return changed;
};

function changeBody(plan: BundlePlan, number: number, side: string, change: (bytes: Buffer) => Buffer): void {
  const exchange = exchangeOf(plan, number);
  exchange.bodies = exchange.bodies.map((body) => (body.side === side ? { ...body, bytes: change(body.bytes!) } : body));
}

function keepSalts(plan: BundlePlan, number: number, side: PlannedExchange['bodies'][number]['side']): void {
  const { salts } = exchangeOf(plan, number).bodies.find((body) => body.side === side)!;
  redactBody(plan, number, side);
  const exchange = exchangeOf(plan, number);
  exchange.bodies = exchange.bodies.map((body) => (body.side === side ? { ...body, salts } : body));
}

/** A column is honestly taken out, but for one thing. */
function columnForgeries(): PlanForgery[] {
  return tabular.flatMap((number) =>
    columnNumbers.flatMap((column): PlanForgery[] => {
      const what = `column ${column} of ${number}`;
      const without = (name: string, then: (plan: BundlePlan) => void): PlanForgery => ({
        name: `take out ${what}, ${name}`,
        forge: (plan) => {
          redactColumn(plan, number, column);
          then(plan);
        },
      });
      const edited = (name: string, edit: (answer: Answer) => void): PlanForgery =>
        without(name, (plan) => changeBody(plan, number, 'response', (bytes) => editAnswer(bytes, edit)));
      return [
        { name: `take out ${what} and say nothing`, forge: silently((plan) => redactColumn(plan, number, column)) },
        without('and declare the bytes only', (plan) => redeclare(plan, chunksOf(exchangeOf(plan, number), 'response'))),
        without('and declare the column only', (plan) => redeclare(plan, [columnsOf(plan, number)!.digests[column]!])),
        without('and another one without a word', (plan) => {
          changeBody(plan, number, 'response', (bytes) => withoutColumn(bytes, other(column)));
          dropSalt(plan, number, other(column));
        }),
        without('and blank another one, whose salt stays', (plan) =>
          changeBody(plan, number, 'response', (bytes) => withoutColumn(bytes, other(column))),
        ),
        edited('and change a value of another one', ({ rows }) => {
          rows[0]!.f[other(column)]!.v = 'forged';
        }),
        edited('and put another value in its place', ({ rows }) => {
          for (const row of rows) row.f[column]!.v = 'forged';
        }),
        without('and let a key stand twice', (plan) =>
          changeBody(plan, number, 'response', (bytes) => Buffer.from(bytes.toString('utf8').replace('{', '{"kind":"forged",'))),
        ),
        without('and pack something with it', (plan) =>
          changeBody(plan, number, 'response', (bytes) => Buffer.concat([gzipSync(bytes), Buffer.from('forged')])),
        ),
        without('and let the packing have a name', (plan) =>
          changeBody(plan, number, 'response', (bytes) => {
            const packed = gzipSync(bytes);
            packed[3] = 8;
            return Buffer.concat([packed.subarray(0, 10), Buffer.from('forged\0'), packed.subarray(10)]);
          }),
        ),
        edited('but for one row', ({ rows }) => {
          rows.at(-1)!.f[column]!.v = 'kept@acme.example';
        }),
        edited('and a row with it', ({ rows }) => {
          rows.pop();
        }),
        edited('and add a row', ({ rows }) => {
          rows.push(structuredClone(rows[0]!));
        }),
        edited('and swap two others', ({ rows }) => {
          for (const { f } of rows) [f[other(column)], f[other(other(column))]] = [f[other(other(column))]!, f[other(column)]!];
        }),
        edited('and reverse the rows', ({ rows }) => {
          rows.reverse();
        }),
        edited('and change the type of another one', ({ schema }) => {
          schema!.fields[other(column)]!.type = 'INTEGER';
        }),
        edited('and rename another one', ({ schema }) => {
          schema!.fields[other(column)]!.name = 'harmless';
        }),
        edited('and change what surrounds the rows', (answer) => {
          answer.totalRows = '1';
        }),
        without('and restore its salt', (plan) => {
          const columns = columnsOf(plan, number)!;
          columns.salts = { ...columns.salts, columns: columns.salts.columns.map(({ salt }) => ({ salt: salt ?? '0'.repeat(32) })) };
        }),
        without('and leave the salts of the bytes', (plan) => {
          const exchange = exchangeOf(plan, number);
          exchange.bodies = exchange.bodies.map((body) => (body.side === 'response' ? { ...body, salts: ['0'.repeat(32)] } : body));
        }),
        without('and the column digests with it', (plan) => redactField(plan, number, 'result-columns')),
        without('and the salt of the rest', (plan) => {
          const columns = columnsOf(plan, number)!;
          columns.salts = { columns: columns.salts.columns };
        }),
        without('and call it the whole answer', (plan) => {
          exchangeOf(plan, number).isConverted = false;
        }),
        { name: `declare ${what} as taken out, and keep it`, forge: (plan) => declare(plan, [columnsOf(plan, number)!.digests[column]!]) },
        { name: `lose the salt of ${what}`, forge: (plan) => dropSalt(plan, number, column) },
      ];
    }),
  );
}

function redeclare(plan: BundlePlan, redacted: readonly string[]): void {
  plan.custody.pop();
  declare(plan, redacted);
}

function dropSalt(plan: BundlePlan, number: number, column: number): void {
  const columns = columnsOf(plan, number)!;
  columns.salts = { ...columns.salts, columns: columns.salts.columns.map((each, index) => (index === column ? {} : each)) };
}

function answerForgeries(): PlanForgery[] {
  return tabular.flatMap((number) => [
    {
      name: `rebuild the answer of ${number} though nothing is taken out`,
      forge: (plan) => {
        const exchange = exchangeOf(plan, number);
        exchange.isConverted = true;
        exchange.bodies = exchange.bodies.map((body) => (body.side === 'response' ? { ...body, salts: undefined } : body));
        declare(plan, chunksOf(exchange, 'response'));
      },
    },
    { name: `swap the column salts of ${number}`, forge: (plan) => swapSalts(plan, number) },
    {
      name: `put the answer of ${number} in place of another`,
      forge: (plan) => {
        const { bytes } = exchangeOf(plan, number).bodies.find(({ side }) => side === 'response')!;
        const target = tabular.find((each) => each !== number)!;
        changeBody(plan, target, 'response', () => bytes!);
      },
    },
  ]);
}

function swapSalts(plan: BundlePlan, number: number): void {
  const columns = columnsOf(plan, number)!;
  columns.salts = { ...columns.salts, columns: columns.salts.columns.toReversed() };
}

function recordForgeries(): PlanForgery[] {
  const count = 14;
  const ranks = Array.from({ length: count }, (_, index) => index);
  return ranks.flatMap((rank) => [
    { name: `leave out record ${rank}`, forge: ({ records }) => void records.splice(rank % records.length, 1) },
    {
      name: `write record ${rank} twice`,
      forge: ({ records }) => void records.splice(rank % records.length, 0, records[rank % records.length]!),
    },
    {
      name: `swap records ${rank} and the next`,
      forge: ({ records }) => {
        const [left, right] = [rank % records.length, (rank + 1) % records.length];
        [records[left], records[right]] = [records[right]!, records[left]!];
      },
    },
  ]);
}

function specialForgeries(): PlanForgery[] {
  return [
    {
      name: 'rebuild an answer that has no column digests',
      forge: (plan) => {
        const exchange = exchangeOf(plan, story.unfinished);
        exchange.isConverted = true;
        exchange.bodies = exchange.bodies.map((body) => ({ ...body, bytes: withoutColumn(body.bytes!, 0), salts: undefined }));
        declare(plan, chunksOf(exchange, 'response'));
      },
    },
    {
      name: 'give a content-free answer a body',
      forge: (plan) => {
        const exchange = exchangeOf(plan, story.contentFree);
        exchange.bodies = exchange.bodies.map((body) => (body.side === 'response' ? { ...body, bytes: Buffer.from('{"rows":[]}') } : body));
      },
    },
    {
      name: 'remove a whole exchange with its leaves',
      forge: (plan) => {
        const kept = plan.leaves.filter((line) => JSON.parse(line).exchange !== story.secret);
        plan.leaves.splice(0, plan.leaves.length, ...kept);
        const records = plan.records.filter(
          (record) => record !== exchangeOf(plan, story.secret) && record !== columnsOf(plan, story.secret),
        );
        plan.records.splice(0, plan.records.length, ...records);
      },
    },
    {
      name: 'remove the leaf with column digests',
      forge: (plan) => {
        const at = plan.leaves.findIndex((line) => line.includes('"kind":"columns"'));
        plan.leaves.splice(at, 1);
      },
    },
    {
      name: `write ${REDACTED_VALUE} into cells`,
      forge: (plan) => changeBody(plan, story.contentFree, 'cells', (bytes) => Buffer.alloc(bytes.length)),
    },
    {
      name: 'take out an answer with columns, and keep the salt of the rest',
      forge: (plan) => {
        const { rest } = columnsOf(plan, story.rows)!.salts;
        redactBody(plan, story.rows, 'response');
        const columns = columnsOf(plan, story.rows)!;
        columns.salts = { ...columns.salts, rest };
      },
    },
  ];
}
